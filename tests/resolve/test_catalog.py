"""Links go to the place that knows them."""

from __future__ import annotations

import pytest

from bot.errors import UnsupportedLink
from bot.models import Listing, ListingKind, Source
from bot.models.links import Elsewhere, ElsewhereKind, Link, LinkKind, SpotifyLink, link_named
from bot.resolve.catalog import Catalog
from bot.spotify.sources import SpotifyCatalog

ALBUM = SpotifyLink(LinkKind.ALBUM, "1" * 22)
UPLOAD = Elsewhere(ElsewhereKind.UPLOAD, "abc")


class Spotify(SpotifyCatalog):
    """Has one album."""

    def __init__(self) -> None:
        """Stands on nothing."""

    async def resolve(self, link: SpotifyLink) -> SpotifyLink:
        return link

    async def listing(self, link: SpotifyLink, *, alone: bool = True) -> Listing:
        assert ALBUM == link
        return Listing(kind=ListingKind.ALBUM, id=ALBUM.id, title="Album", source=Source.EMBED)


async def test_each_kind_has_its_reader() -> None:
    """Spotify's links go to its catalogue, an upload's to the uploads."""

    async def upload(link: Elsewhere, *, ask: bool = True, rows: range | None = None) -> Listing:
        return Listing(kind=ListingKind.LIST, id=link.id, title="Mine", source=Source.UPLOAD)

    catalog = Catalog(Spotify(), {}).having(upload)

    for link, title in ((ALBUM, "Album"), (UPLOAD, "Mine")):
        assert link == await catalog.resolve(link)
        assert title == (await catalog.listing(link)).title


async def test_nobody_knows_it() -> None:
    """A kind that nothing reads is refused by its name."""
    catalog = Catalog(Spotify(), {})

    with pytest.raises(UnsupportedLink) as caught:
        await catalog.resolve(UPLOAD)
    assert "upload" == caught.value.kind

    with pytest.raises(UnsupportedLink):
        await catalog.listing(UPLOAD)


@pytest.mark.parametrize("link", [ALBUM, UPLOAD, Elsewhere(ElsewhereKind.APPLE_TRACK, "9")])
def test_named_again(link: Link) -> None:
    """A job keeps the kind and the id; they make the same link again."""
    assert link == link_named(str(link.kind), link.id)


def test_a_list_has_the_page_it_names() -> None:
    """Spotify's listings lead to Spotify, others to the page they name or to none."""
    album = Listing(kind=ListingKind.ALBUM, id="a", title="", source=Source.WEB_API)
    upload = Listing(kind=ListingKind.LIST, id="b", title="", source=Source.UPLOAD)
    page = "https://www.youtube.com/playlist?list=PL1"
    playlist = Listing(
        kind=ListingKind.LIST, id="c", title="", source=Source.YOUTUBE, page_url=page
    )

    assert "https://open.spotify.com/album/a" == album.url
    assert None is upload.url
    assert page == playlist.url
