"""A listing as a table in the terminal, for `tracklink show`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.models.results import count
from bot.models.view import ListingView
from bot.render.export.json_file import shape
from bot.render.listing import notes, summary
from bot.render.platform_problems import source_of
from bot.render.text import plain

if TYPE_CHECKING:
    from bot.models import Listing
    from bot.models.results import Results
    from bot.render.export.json_file import Judged
    from bot.render.i18n import Words


def print_listing(listing: Listing, results: Results, words: Words, judged: Judged) -> None:
    """Heading, a row for each track, what was found, and what is in the way."""
    console = Console()
    counts = count(listing, results, None)
    view = ListingView(listing=listing, results=results)
    console.print(Text(" · ".join(filter(None, (listing.title, listing.owner))), "bold"))
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
        name = " · ".join(filter(None, (row["title"], ", ".join(row["artists"]))))
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
    what = " · ".join(filter(None, (candidate["title"], by, length)))
    reasons = sorted(candidate["reasons"], key=lambda reason: -abs(reason["weight"]))
    said = ", ".join(f"{r['detail']} ({r['weight']:+.1f})" for r in reasons if r["weight"])
    return Text.assemble(
        (f"\n  {candidate['score']:.2f} {candidate['kind']}  ", "bold"),
        what,
        (f"\n    {said}", "dim"),
    )
