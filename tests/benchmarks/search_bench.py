"""What the order of searches costs and brings, over recorded searches of YouTube Music.

    python -m tests.benchmarks.search_bench [path of bench_public.jsonl]

Each recorded row says which search gave it (`via`), so the finder can be run against a stand-in
that answers as YouTube Music did. "title album" was not recorded: it brings the songs again. The
figures in the docstring of `bot/youtube/queries.py` are this command's.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.models import Candidate, CandidateKind, Finding, Track
from bot.youtube.finder import Finder
from bot.youtube.music import YouTubeMusic

if TYPE_CHECKING:
    from bot.youtube.queries import SearchFilter

BENCH = Path(__file__).parents[3] / "shared" / "matching" / "bench_public.jsonl"
KINDS = {
    "atv": CandidateKind.AUDIO,
    "omv": CandidateKind.VIDEO,
    "osm": CandidateKind.OFFICIAL,
    "ugc": CandidateKind.UPLOAD,
}


@dataclass
class Recorded(YouTubeMusic):
    """YouTube Music as it answered for one case."""

    case: dict[str, Any]
    asked: list[str] = field(default_factory=list)

    async def search(
        self, query: str, among: SearchFilter, *, again: bool = True
    ) -> list[Candidate]:
        via = "isrc" if query == self.case["query"]["isrc"] else among
        rows = [row for row in self.case["candidates"] if via in row["via"]]
        self.asked += [via] if rows or not again else [via, via]
        return [as_candidate(row) for row in rows]

    async def album(self, browse_id: str) -> list[Candidate]:
        return []


def as_candidate(row: dict[str, Any]) -> Candidate:
    return Candidate(
        video_id=row["id"],
        kind=KINDS.get(row["kind"], CandidateKind.UNKNOWN),
        **{
            name: row[name]
            for name in ("title", "channel", "artists", "album", "duration_s", "views", "explicit")
        },
    )


def is_right(case: dict[str, Any], finding: Finding) -> bool:
    chosen = finding.match.candidate.video_id if finding.match else None
    return chosen in case["accept"] if case["answerable"] else chosen is None


def run(case: dict[str, Any]) -> tuple[Recorded, bool]:
    music = Recorded(case)
    finding = asyncio.run(Finder(music=music).find(Track(**case["query"])))
    return music, is_right(case, finding)


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else BENCH
    cases = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    print(f"{'':24}{'cases':>6}{'requests':>10}{'most':>6}{'right':>8}   stopped after")
    for name, slices in (("A", "A"), ("A2", "A2"), ("both", "A A2")):
        for answerable in (True, False, None):
            chosen = [
                case
                for case in cases
                if case["slice"] in slices.split() and answerable in (None, case["answerable"])
            ]
            label = {True: "answerable", False: "nothing is right", None: "all"}[answerable]
            print(f"{name:5}{label:19}{line(chosen)}")


def line(cases: list[dict[str, Any]]) -> str:
    results = [run(case) for case in cases]
    counts = [len(music.asked) for music, _ in results]
    right = sum(is_right for _, is_right in results) / len(cases)
    ends = Counter(music.asked[-1] for music, _ in results).most_common()
    told = ", ".join(f"{via} {count}" for via, count in ends)
    return f"{len(cases):>6}{sum(counts) / len(cases):>10.2f}{max(counts):>6}{right:>8.3f}   {told}"


if __name__ == "__main__":
    main()
