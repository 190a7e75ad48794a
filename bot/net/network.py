"""What every client of a service outside stands on: one HTTP client, the circuits, the budgets."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from bot.clock import Timing, utc_now
from bot.net import hosts
from bot.net.bounded import KeptConnections
from bot.net.circuit import CircuitBreaker
from bot.net.service_budget import ServiceBudget

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from requests.adapters import BaseAdapter

    from bot.clock import Clock
    from bot.config import Settings
    from bot.errors import Service
    from bot.net.circuit import SharedState
    from bot.net.service_budget import CallCounter, Quota

CONNECT_S = 5.0
ANSWER_S = 10.0  # the longest a page outside may take


@dataclass(frozen=True, slots=True, kw_only=True)
class Transports:
    """In place of the network: services made up in this process."""

    http: httpx.AsyncBaseTransport
    requests: BaseAdapter


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """`circuits` and `budgets` are what all processes know in common; else each knows its own."""

    settings: Settings
    http: httpx.AsyncClient
    clock: Clock = utc_now
    timing: Timing = Timing()
    transports: Transports | None = None
    circuits: SharedState | None = None
    budgets: CallCounter | None = None

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


@asynccontextmanager
async def open_network(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    timing: Timing = Timing(),
    transports: Transports | None = None,
    circuits: SharedState | None = None,
    budgets: CallCounter | None = None,
) -> AsyncIterator[Network]:
    """It reaches no other host than `bot.net.hosts` lists."""
    async with httpx.AsyncClient(
        timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S),
        transport=transports.http if transports else None,
        event_hooks=hosts.hooks(settings),
    ) as http:
        yield Network(
            settings=settings,
            http=http,
            clock=clock,
            timing=timing,
            transports=transports,
            circuits=circuits,
            budgets=budgets,
        )
