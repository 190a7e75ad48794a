"""Where the time of one link goes: each call to a service, in milliseconds after the link came in.

python -m tests.benchmarks.trace
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.rig import playlist_link, rig, track_link
from tests.benchmarks.speed import DELAYS, TELEGRAM_S, Speed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.rig import Rig

SHOWN = 24  # calls, from the first on
CARD, LISTING = r"youtube\.com/watch", "100 official"


async def main() -> None:
    lists = [f"--playlist={name}" for name in ("warm=100", "cold=100", "singles=2")]
    with tempfile.TemporaryDirectory(prefix="tracklink-trace-") as folder:
        async with rig(Path(folder), *lists, delays=DELAYS, telegram_s=TELEGRAM_S) as bot:
            await Speed(bot, 1).warm_up()
            await _trace(bot, "a track, cold", track_link(1), CARD)
            await _trace(bot, "a playlist of 100, cold", playlist_link("cold"), LISTING)
            await _trace(bot, "the same, stored", playlist_link("cold"), LISTING)


async def _trace(bot: Rig, name: str, link: str, end: str) -> None:
    await bot.forget_requests()
    calls = len(bot.telegram.calls)
    ask = await bot.ask(link)
    await bot.shown(ask, end)
    await asyncio.sleep(1)
    entries = await bot.requests("spotify_api", "spotify_token", "spotify_web", "youtube_music")
    spans = [
        (entry["begun"], entry["ended"], f"{entry['service']} {entry['path']}") for entry in entries
    ]
    spans += [
        (call.at - TELEGRAM_S, call.at, f"telegram {call.method}")
        for call in bot.telegram.calls[calls:]
    ]
    sys.stdout.write("\n".join((f"\n{name}", *_lines(sorted(spans)[:SHOWN], ask.begun), "")))


def _lines(spans: list[tuple[float, float, str]], begun: float) -> Iterator[str]:
    for start, end, what in spans:
        yield f"{(start - begun) * 1000:8.1f} to {(end - begun) * 1000:8.1f}  {what}"


if __name__ == "__main__":
    asyncio.run(main())
