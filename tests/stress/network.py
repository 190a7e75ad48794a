"""Faults on the ways to Telegram and to the services, flipped at run time by haproxy."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.stress.crowd import SONGS, Crowd, ledger, settled
from tests.stress.haproxy import Fault, haproxy
from tests.stress.rig import rig

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stress.verdict import Verdict

FAULTS = tuple(fault for fault in Fault if fault is not Fault.NONE)
# These reach Telegram or not; a request whose answer alone gets lost is not among them: what was
# sent then is sent again, and no bot can know (README, limits).
LASTS_S = 2.0
PAUSE_S = 3.0
WITHIN_S = 150.0  # the longest back-off of an answer that was put off is a minute at first


async def telegram_trouble(folder: Path, *, rate: float = 5) -> Verdict:
    """429, 500, HTML, delay, silence and resets on the way to Telegram: all is answered once."""
    return await _trouble(folder, "telegram", rate)


async def spotify_trouble(folder: Path, *, rate: float = 5) -> Verdict:
    """The same on the way to Spotify's Web API."""
    return await _trouble(folder, "spotify", rate)


async def _trouble(folder: Path, way: str, rate: float) -> Verdict:
    seconds = len(FAULTS) * (LASTS_S + PAUSE_S)
    songs = int(rate * seconds) + 1
    async with rig(folder, f"--playlist={SONGS}={songs}") as on:
        spotify = urlsplit(on.addresses["SPOTIFY_API_URL"])
        telegram = urlsplit(on.server.url)
        assert spotify.port
        assert telegram.port
        behind = {"telegram": [telegram.port], "spotify": [spotify.port]}
        async with haproxy(folder / "haproxy", behind) as proxy:
            await on.add(
                TELEGRAM_BASE_URL=proxy.ways["telegram"],
                SPOTIFY_API_URL=f"{proxy.ways['spotify']}{spotify.path}",
            )
            crowd = Crowd(on.telegram, songs)
            load = asyncio.create_task(crowd.steady(rate, seconds))
            for fault in FAULTS:
                await asyncio.sleep(PAUSE_S)
                await proxy.set(way, fault)
                await asyncio.sleep(LASTS_S)
                await proxy.set(way, Fault.NONE)
            await load
            await crowd.served(WITHIN_S)
            with on.database() as db:
                await settled(db)
                units = await ledger(db, units=sum(map(crowd.found, crowd.asked)))
    return crowd.verdict() + units
