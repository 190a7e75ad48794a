"""What every client of a service outside stands on: one HTTP client, the circuits, the budgets."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Self

import httpx

from bot.clock import Timing, utc_now
from bot.net import hosts
from bot.net.bounded import KeptConnections
from bot.net.circuit import CircuitBreaker
from bot.net.environment import check_environment
from bot.net.http import hooks
from bot.net.service_budget import ServiceBudget

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter

    from bot.clock import Clock
    from bot.config import Settings
    from bot.errors import Service
    from bot.net.service_budget import CallCounter, Quota
    from bot.net.shared_circuits import SharedCircuits

CONNECT_S = 5.0
ANSWER_S = 10.0  # the longest a page outside may take


@dataclass(frozen=True, slots=True, kw_only=True)
class Transports:
    """In place of the network: services made up in this process."""

    http: httpx.AsyncBaseTransport
    requests: BaseAdapter


@dataclass(frozen=True, slots=True)
class Network:
    """Open while its block runs. It reaches no other host than `bot.net.hosts` lists.

    Raises SettingError where the environment names a proxy or certificates that are none.

    `circuits` and `budgets` are what all processes know in common; else each knows its own.
    """

    settings: Settings
    _: KW_ONLY
    clock: Clock = utc_now
    timing: Timing = Timing()
    transports: Transports | None = None
    circuits: SharedCircuits | None = None
    budgets: CallCounter | None = None
    http: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        if self.transports is None:
            check_environment()
        http = httpx.AsyncClient(
            timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S),
            transport=self.transports.http if self.transports else None,
            event_hooks=hooks(self.settings),
        )
        object.__setattr__(self, "http", http)

    async def __aenter__(self) -> Self:
        await self.http.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    def circuit(self, service: Service, name: str | None = None) -> CircuitBreaker:
        """`name` for one more circuit of a service, for hosts that fail by themselves."""
        return CircuitBreaker(
            service, clock=self.clock, shared=self.circuits, name=name, timing=self.timing
        )

    def budget(self, quota: Quota) -> ServiceBudget:
        return ServiceBudget(quota, clock=self.clock, store=self.budgets, timing=self.timing)

    def adapter(self, width: int) -> BaseAdapter:
        """The transport for clients that stand on requests, with `width` connections."""
        kept = KeptConnections(width, timing=self.timing)
        under = self.transports.requests if self.transports else kept
        return hosts.GuardedAdapter(self.settings, under)
