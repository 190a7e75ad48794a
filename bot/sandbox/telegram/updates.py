"""The queue of updates: getUpdates with its confirming offset, and the webhook's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.telegram.errors import bad_request, conflict

if TYPE_CHECKING:
    from bot.sandbox.telegram.params import Params
    from bot.sandbox.telegram.state import Changes

MOST_UPDATES = 100  # https://core.telegram.org/bots/api#getupdates
LONGEST_POLL_S = 50  # Telegram's server cuts longer polls
ONLY_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


class Updates:
    """What the bot has not confirmed yet, oldest first."""

    def __init__(self, changes: Changes, *, first_id: int) -> None:
        self.changes = changes
        self.pending: list[dict[str, Any]] = []
        self.webhook: dict[str, Any] = {}
        self._allowed: frozenset[str] = frozenset()
        self._next_id = first_id
        self._poll = 0

    def add(self, kind: str, payload: dict[str, Any]) -> int:
        """Queue an update, if the bot wants its kind, and return its id."""
        update_id = self._next_id
        self._next_id += 1
        if kind in self._allowed or (not self._allowed and kind not in ONLY_ON_REQUEST):
            self.pending.append({"update_id": update_id, kind: payload})
        self.changes.tell()
        return update_id

    async def get(self, params: Params) -> list[dict[str, Any]]:
        """getUpdates: waits up to `timeout` seconds for the first update."""
        if self.webhook.get("url"):
            raise conflict(
                "can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
        self._allow(params)
        self._confirm(params.get("offset", 0))
        self._poll += 1
        mine = self._poll
        self.changes.tell()
        await self._wait(mine, min(params.get("timeout", 0), LONGEST_POLL_S))
        if self._poll != mine:
            raise conflict(
                "terminated by other getUpdates request; "
                "make sure that only one bot instance is running"
            )
        limit = min(max(params.get("limit", MOST_UPDATES), 1), MOST_UPDATES)
        return self.pending[:limit]

    def set_webhook(self, params: Params) -> bool:
        url = params.get("url", "")
        if url and not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        self._allow(params)
        self._drop(params)
        self.webhook = {"url": url, "secret_token": params.get("secret_token", "")}
        self.changes.tell()
        return True

    def delete_webhook(self, params: Params) -> bool:
        self._drop(params)
        self.webhook = {}
        return True

    def webhook_info(self) -> dict[str, Any]:
        return {
            "url": self.webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self.pending),
        }

    async def _wait(self, mine: int, timeout_s: float) -> None:
        try:
            await self.changes.until(lambda: self.pending or self._poll != mine, timeout_s)
        except TimeoutError:
            return

    def _allow(self, params: Params) -> None:
        if "allowed_updates" in params:
            self._allowed = frozenset(params["allowed_updates"])

    def _drop(self, params: Params) -> None:
        if params.get("drop_pending_updates"):
            self.pending.clear()

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self.pending = self.pending[offset:]
        elif offset:
            self.pending = [update for update in self.pending if update["update_id"] >= offset]
