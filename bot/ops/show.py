"""One run of the resolver without a chat: `tracklink show`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from bot.backends import open_sources
from bot.clock import utc_now
from bot.errors import SourceError, UnsupportedLink
from bot.models.links import SpotifyLink
from bot.models.outside_text import for_terminal, one_line
from bot.models.results import count
from bot.models.view import ListingView
from bot.net.network import Network
from bot.platforms.links import find_all_links
from bot.render.export.json_file import json_text, shape
from bot.render.i18n import load_languages
from bot.render.listing import notes, summary
from bot.render.problems import render_problem, source_of
from bot.render.reply import plain
from bot.render.terminal import terminal
from bot.resolve.resolver import Resolver

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.config import Settings
    from bot.errors import NotFound
    from bot.models import Finding, Listing, ListingKind, Match, Track
    from bot.models.links import Link
    from bot.models.results import Results
    from bot.net.network import Transports
    from bot.render.export.json_file import Judged
    from bot.render.i18n import Words
    from bot.resolve.resolver import Resolution

DONE, BAD_LINK, FAILED = 0, 2, 3


async def show(
    texts: Sequence[str],
    settings: Settings,
    *,
    as_json: bool = False,
    transports: Transports | None = None,
    explain: bool = False,
) -> int:
    """Print what the links lead to. The exit code: 2 for a bad link, 3 for a failed source.

    `explain` adds how the candidates of each track were judged.
    """
    words = load_languages().words(None)
    shown: list[Resolution] = []
    judged: dict[str, Sequence[Match]] = {}
    code = DONE

    def hear(track: Track, matches: Sequence[Match]) -> None:
        judged[track.key] = matches

    heard = hear if explain else None
    async with (
        Network(settings, transports=transports) as net,
        open_sources(net, heard=heard) as sources,
    ):
        resolver = Resolver(
            sources.catalog, sources.lookups, listings=MemoryListings(), findings=MemoryFindings()
        )
        for text in texts:
            found = find_all_links(text)
            if not found:
                _tell(f"{text}: this is no link that I can read.")
                code = max(code, BAD_LINK)
            for link in found:
                resolution = await _resolve(text, link, resolver, words)
                if isinstance(resolution, int):
                    code = max(code, resolution)
                    continue
                shown.append(resolution)
                code = max(code, _verdict(resolution))
    if as_json:
        data = [shape(r.listing, r.results, judged) for r in shown]
        sys.stdout.write(f"{json_text(data)}\n")
    else:
        for resolution in shown:
            print_listing(resolution.listing, resolution.results, words, judged)
    return code


async def _resolve(text: str, link: Link, resolver: Resolver, words: Words) -> Resolution | int:
    try:
        resolution = await resolver.begin(await resolver.listing(link))
        await resolver.run(resolution, lane=0)
    except (SourceError, UnsupportedLink) as error:
        problem = plain(render_problem(error, link.kind, words, utc_now()))
        _tell(f"{link.url if isinstance(link, SpotifyLink) else text}: {problem}")
        return BAD_LINK if isinstance(error, UnsupportedLink) else FAILED
    return resolution


def _verdict(resolution: Resolution) -> int:
    failed = [r for r in resolution.results.values() if isinstance(r, SourceError)]
    if not failed:
        return DONE
    title = one_line(resolution.listing.title)
    _tell(f"{title}: {len(failed)} tracks were not looked up: {failed[0]}.")
    return FAILED


def _tell(sentence: str) -> None:
    sys.stderr.write(f"{for_terminal(sentence)}\n")


class MemoryListings:
    def __init__(self) -> None:
        self._listings: dict[str, Listing] = {}

    async def get(self, kind: ListingKind, listing_id: str, **_: object) -> Listing | None:
        return self._listings.get(f"{kind}:{listing_id}")

    async def put(self, listing: Listing) -> None:
        self._listings[listing.key] = listing

    async def remember(self, found: Mapping[str, Listing | NotFound]) -> None:
        """What is not there need not be known twice: each link is opened once."""


class MemoryFindings:
    def __init__(self) -> None:
        self._findings: dict[str, Finding] = {}

    async def known(
        self,
        keys: Sequence[str],
        user_id: int,  # noqa: ARG002  nobody puts anything right here
        *,
        reasons: bool = True,  # noqa: ARG002  all or part is the same here
    ) -> tuple[dict[str, Finding], dict[str, Finding]]:
        return {key: self._findings[key] for key in keys if key in self._findings}, {}

    async def put_many(self, findings: Mapping[str, Finding]) -> None:
        self._findings.update(findings)


def print_listing(listing: Listing, results: Results, words: Words, judged: Judged) -> None:
    """Heading, a row for each track, what was found, and what is in the way."""
    console = terminal()
    counts = count(listing, results, None)
    view = ListingView(listing=listing, results=results)
    heading = filter(None, map(one_line, (listing.title, listing.owner)))
    console.print(Text(" · ".join(heading), "bold"))
    if listing.url:
        console.print(Text(listing.url, "dim"))
    console.print(_table(listing, results, words, judged))
    for line in (summary(counts, words, source_of(listing)), *notes(view, counts, words), ""):
        console.print(Text(plain(line)))


def _table(listing: Listing, results: Results, words: Words, judged: Judged) -> Table:
    """One row a track, its links below its name: whole, so that they can be copied."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for _ in range(3):
        table.add_column(overflow="fold")
    for row in shape(listing, results, judged)["tracks"]:
        youtube = row["youtube"]
        name = " · ".join(filter(None, map(one_line, (row["title"], ", ".join(row["artists"])))))
        found = f"{youtube['kind']} {youtube['url']}" if youtube else row["row"]
        cell = Text("\n".join(filter(None, (name, row["spotify_url"], found))))
        for candidate in row.get("candidates", ()):
            cell.append_text(_explained(candidate, words))
        length = Text(words.length(row["duration_ms"]), justify="right")
        table.add_row(Text(str(row["position"]), justify="right"), cell, length)
    return table


def _explained(candidate: dict[str, Any], words: Words) -> Text:
    """A candidate with its score and, strongest first, what spoke for and against it."""
    by = ", ".join(candidate["artists"]) or candidate["channel"]
    length = words.length(round((candidate["duration_s"] or 0) * 1000))
    what = " · ".join(filter(None, map(one_line, (candidate["title"], by, length))))
    reasons = sorted(candidate["reasons"], key=lambda reason: -abs(reason["weight"]))
    said = ", ".join(f"{r['detail']} ({r['weight']:+.1f})" for r in reasons if r["weight"])
    return Text.assemble(
        (f"\n  {candidate['score']:.2f} {candidate['kind']}  ", "bold"),
        what,
        (f"\n    {said}", "dim"),
    )
