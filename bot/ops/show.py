"""One run of the resolver without a chat: `tracklink show`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from bot.backends import open_sources
from bot.clock import utc_now
from bot.errors import SourceError, UnsupportedLink
from bot.models.links import SpotifyLink
from bot.net.network import open_network
from bot.render.export.json_file import shape
from bot.render.i18n import load_languages
from bot.render.problems import render_problem
from bot.render.text import plain
from bot.resolve.links import find_all_links
from bot.resolve.resolver import Resolver

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.config import Settings
    from bot.models import Finding, Listing, ListingKind, Match, Track
    from bot.models.links import Link
    from bot.net.network import Transports
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
        open_network(settings, transports=transports) as net,
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
        json.dump(data, sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    else:
        from bot.ops.table import print_listing

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
    _tell(f"{resolution.listing.title}: {len(failed)} tracks were not looked up: {failed[0]}.")
    return FAILED


def _tell(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


class MemoryListings:
    def __init__(self) -> None:
        self._listings: dict[str, Listing] = {}

    async def get(self, kind: ListingKind, listing_id: str) -> Listing | None:
        return self._listings.get(f"{kind}:{listing_id}")

    async def put(self, listing: Listing) -> None:
        self._listings[listing.key] = listing


class MemoryFindings:
    def __init__(self) -> None:
        self._findings: dict[str, Finding] = {}

    async def get_many(self, keys: Sequence[str], *, reasons: bool = True) -> dict[str, Finding]:  # noqa: ARG002  all or part is the same here
        return {key: self._findings[key] for key in keys if key in self._findings}

    async def put_many(self, findings: Mapping[str, Finding]) -> None:
        self._findings.update(findings)
