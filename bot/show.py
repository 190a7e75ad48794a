"""One run of the resolver without a chat: `tracklink show`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from bot.clock import utc_now
from bot.errors import SourceError, UnsupportedLink
from bot.outcome import count
from bot.render.listing import notes, summary
from bot.render.problems import render_problem
from bot.render.shape import shape
from bot.render.text import plain
from bot.render.views import ListingView
from bot.render.words import load_languages
from bot.resolver import Resolver
from bot.sources import open_sources
from bot.spotify.links import find_links
from bot.storage.nothing import NoFindings, NoListings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from bot.config import Settings
    from bot.render.words import Words
    from bot.resolver import Resolution
    from bot.spotify.links import SpotifyLink

DONE, BAD_LINK, FAILED = 0, 2, 3


async def show(texts: Sequence[str], settings: Settings, *, as_json: bool, sample: bool) -> int:
    """Print what the links lead to. The exit code: 2 for a bad link, 3 for a failed source."""
    if sample and not texts:
        from bot import samples  # noqa: PLC0415 - only where samples are wanted

        texts = samples.links()
    words = load_languages().words(None)
    shown: list[Resolution] = []
    code = DONE
    async with open_sources(settings, clock=utc_now, sample=sample) as sources:
        resolver = Resolver(
            sources.catalog, sources.lookups, listings=NoListings(), findings=NoFindings()
        )
        for text in texts:
            found = find_links(text)
            if not found:
                _tell(f"{text}: this is no Spotify link.")
                code = max(code, BAD_LINK)
            for link in found:
                resolution = await _resolve(link, resolver, words)
                if isinstance(resolution, int):
                    code = max(code, resolution)
                    continue
                shown.append(resolution)
                code = max(code, _verdict(resolution))
    if as_json:
        json.dump(
            [shape(r.listing, r.results) for r in shown], sys.stdout, ensure_ascii=False, indent=1
        )
        sys.stdout.write("\n")
    else:
        _print_tables(shown, words)
    return code


async def _resolve(link: SpotifyLink, resolver: Resolver, words: Words) -> Resolution | int:
    try:
        resolution = await resolver.begin(await resolver.listing(link))
        await resolver.run(resolution, lane=0)
    except (SourceError, UnsupportedLink) as error:
        problem = plain(render_problem(error, link.kind, words, utc_now()))
        _tell(f"{link.url}: {problem}")
        return BAD_LINK if isinstance(error, UnsupportedLink) else FAILED
    return resolution


def _verdict(resolution: Resolution) -> int:
    failed = [r for r in resolution.results.values() if isinstance(r, SourceError)]
    if not failed:
        return DONE
    _tell(
        f"{resolution.listing.title}: YouTube did not answer for {len(failed)} tracks: {failed[0]}."
    )
    return FAILED


def _tell(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


def _print_tables(shown: Sequence[Resolution], words: Words) -> None:
    from rich.console import Console  # noqa: PLC0415 - JSON needs no tables
    from rich.text import Text  # noqa: PLC0415

    console = Console()
    for resolution in shown:
        listing = resolution.listing
        counts = count(listing, resolution.results, None)
        view = ListingView(listing=listing, results=resolution.results)
        console.print(Text(" · ".join(filter(None, (listing.title, listing.owner))), "bold"))
        console.print(Text(listing.url, "dim"))
        console.print(_table(resolution, words))
        for line in (summary(counts, words), *notes(view, counts, words), ""):
            console.print(Text(plain(line)))


def _table(resolution: Resolution, words: Words) -> Table:
    """One row a track, its links below its name: whole, so that they can be copied."""
    from rich.table import Table  # noqa: PLC0415 - JSON needs no tables
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, show_header=False, pad_edge=False)
    for _ in range(3):
        table.add_column(overflow="fold")
    for row in shape(resolution.listing, resolution.results)["tracks"]:
        youtube = row["youtube"]
        name = " · ".join(filter(None, (row["title"], ", ".join(row["artists"]))))
        found = f"{youtube['kind']} {youtube['url']}" if youtube else row["row"]
        lines = (name, row["spotify_url"], found)
        table.add_row(
            Text(str(row["position"]), justify="right"),
            Text("\n".join(filter(None, lines))),
            Text(words.length(row["duration_ms"]), justify="right"),
        )
    return table
