"""A long list of one person, and the single songs of others."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from tests.e2e import worlds
from tests.stress.crowd import SONGS, Crowd, final
from tests.stress.rig import ADMIN, eventually, rig
from tests.stress.verdict import Verdict, checked

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stress.rig import Rig

BIG = "big"
# As the real services answer: Spotify in a sixth of a second, YouTube Music in a third.
REAL = {"spotify_api": 0.16, "youtube_music": 0.32}
MOST = 2.0  # times as long as on an idle bot (issue: order and fairness)


async def fairness(folder: Path, *, songs: int = 5000, tried: int = 30) -> Verdict:
    """With a list of 5,000 running, a single song takes at most twice as long as without."""
    world = [f"--playlist={SONGS}={2 * tried}", f"--playlist={BIG}={songs}"]
    async with rig(folder, *world, bots=1) as on:
        await on.control("/settings", delays=REAL)
        crowd = Crowd(on.telegram, 2 * tried)
        idle = [await _times(on, crowd) for _ in range(tried)]
        admin = on.telegram.world.chats[ADMIN].members[ADMIN]
        link = f"https://open.spotify.com/playlist/{worlds.playlist_id(BIG)}"
        on.telegram.send_text(admin, link)

        async def running() -> bool:
            log = (await on.control("/log", method="GET")).json()
            return bool(sum(e["service"] == "youtube_music" for e in log) > tried * 2 + 20)

        began = await eventually(running)
        busy = [await _times(on, crowd) for _ in range(tried)]
        still = not final(on.telegram.sent(admin)[-1])
        verdict = crowd.verdict()
    usual = statistics.median(idle)
    slow = sum(seconds > MOST * usual for seconds in busy)
    remark = (
        f"alone {usual * 1000:.0f} ms (median of {tried}, slowest {max(idle) * 1000:.0f}), "
        f"beside {songs} songs {statistics.median(busy) * 1000:.0f} ms, "
        f"slowest {max(busy) * 1000:.0f} ms"
    )
    ran = checked(list_ran_before_and_after=began and still, remark=remark)
    return verdict + Verdict(tried=tried, wrong=slow) + ran


async def _times(on: Rig, crowd: Crowd) -> float:
    """Seconds until a song's card has its links."""
    asked = crowd.ask()
    began = time.monotonic()
    await on.telegram.until(lambda: crowd.answered(asked), 60.0)
    return time.monotonic() - began
