"""A job: one accepted message on its way to one answer.

What a service did not answer for is tried again later, by a job of its own in the same message. It
finds everything that came before it stored and paid.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from bot.errors import Unavailable
from bot.models import PLATFORMS
from bot.models.links import LEAD_TO_ONE, link_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from bot.models.links import Link
    from bot.models.preferences import Preferences


MOST_ATTEMPTS = 3  # a job that failed this often will fail again
MOST_AGAIN = 3  # times; then the person is asked to send the link again
WITHIN = timedelta(hours=24)  # after the link came; later nobody looks at that message
UNTOLD_WAIT = timedelta(minutes=1)  # where the service did not say how long it takes
AFTER = timedelta(seconds=1)  # so that the service's own time has passed for sure
SOONEST = timedelta(seconds=10)  # what was tried for seconds has no better chance a moment later
_ID_BYTES = 12


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


INLINE = "inline"  # the chat type of a job without a chat
Lane = tuple[int, bool]  # a chat, and whether it is of single tracks or of lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One link of one message.

    `id` names the message and the link, so that the same message is answered once. `message_id` is
    the user's message, `reply_id` ours, and `topic_id` the forum topic of both; `inline_id` names a
    message that the user sent through the bot, and stands for both. `page` is on screen, from 0.
    `platforms` are the links to show, by `Platform`, as the person had chosen when the job was
    made. `outcome` holds what later pages show. `attempts` counts the claims that were not given
    back in good order, `again` the jobs that carried the same message before it (see
    `again_at`). `unasked` is a link that somebody in a group may not have meant for the bot:
    it is answered when it leads to music, else nothing is said. `forgotten`: its user wants nothing
    to be kept of it, so it is to stop, and is deleted as soon as it has ended.
    """

    id: str
    user_id: int
    chat_id: int
    message_id: int
    chat_type: str
    topic_id: int | None = None
    inline_id: str | None = None
    link_kind: str
    link_id: str
    language: str | None = None
    platforms: tuple[str, ...] = PLATFORMS
    created_at: datetime
    state: JobState = JobState.WAITING
    reply_id: int | None = None
    page: int = 0
    outcome: Mapping[str, Any] = field(default_factory=dict)
    attempts: int = 0
    again: int = 0
    unasked: bool = False
    stop: bool = False
    forgotten: bool = False
    owner: str | None = None
    lease_until: datetime | None = None
    expires_at: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "platforms", tuple(self.platforms))

    @property
    def link(self) -> Link:
        """Raises ValueError for a kind of which only another version knows."""
        return link_named(self.link_kind, self.link_id)

    @property
    def lane(self) -> Lane:
        """Whose places it takes: those of its chat, for single tracks or for lists."""
        return self.chat_id, self.link_kind in LEAD_TO_ONE

    @property
    def last_attempt(self) -> bool:
        """Whether it is not tried again, whatever comes of this attempt."""
        return self.attempts >= MOST_ATTEMPTS

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Job:
        """As it is stored; what older versions stored beside its fields is left out."""
        known = {name: value for name, value in document.items() if name in FIELDS}
        state = JobState(document["state"])
        platforms = tuple(document.get("platforms") or PLATFORMS)
        return cls(**known | {"id": document["_id"], "state": state, "platforms": platforms})

    def document(self) -> dict[str, Any]:
        """As it is stored."""
        document = asdict(self)
        return {"_id": document.pop("id"), **document, "state": str(self.state)}


FIELDS = frozenset(each.name for each in fields(Job))


def new_job(
    name: str,
    link: Link,
    chosen: Preferences,
    *,
    user_id: int,
    chat_id: int,
    message_id: int,
    chat_type: str,
    created_at: datetime,
    topic_id: int | None = None,
    inline_id: str | None = None,
    reply_id: int | None = None,
    unasked: bool = False,
) -> Job:
    """The job for a link, as the person had `chosen`; whatever has the same name is answered once.

    The other arguments are the job's fields.
    """
    return Job(
        id=stable_id(name),
        user_id=user_id,
        chat_id=chat_id,
        message_id=message_id,
        chat_type=chat_type,
        topic_id=topic_id,
        inline_id=inline_id,
        link_kind=link.kind,
        link_id=link.id,
        language=chosen.language,
        platforms=chosen.platforms,
        created_at=created_at,
        reply_id=reply_id,
        unasked=unasked,
    )


def again_at(job: Job, results: Iterable[object], now: datetime) -> datetime | None:
    """When to try again those of `results` that failed and may pass; None for never."""
    passing = [each for each in results if isinstance(each, Unavailable)]
    if not passing or job.again >= MOST_AGAIN:
        return None
    told = [each.retry_at for each in passing if each.retry_at]
    at = max(max(told) + AFTER, now + SOONEST) if told else now + UNTOLD_WAIT
    return at if at <= job.created_at + WITHIN else None


def continued(job: Job, at: datetime) -> Job:
    """The job that goes on at that time, in the same message."""
    name = job.id.removesuffix(_suffix(job.again))
    return replace(
        job,
        id=f"{name}{_suffix(job.again + 1)}",
        again=job.again + 1,
        state=JobState.WAITING,
        attempts=0,
        owner=None,
        lease_until=at,
        expires_at=None,
        outcome={},
    )


def seconds_to(at: datetime | None, now: datetime) -> float | None:
    """Seconds until then; None where there is no such time, or it has passed."""
    return (at - now).total_seconds() if at and at > now else None


def _suffix(again: int) -> str:
    return f"-again{again}" if again else ""


def stable_id(name: str) -> str:
    """The id of all jobs of that name: 16 characters, for they stand in callback data."""
    return urlsafe_b64encode(blake2b(name.encode(), digest_size=_ID_BYTES).digest()).decode()
