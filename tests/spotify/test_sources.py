from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.errors import (
    NotFound,
    RateLimited,
    Refused,
    Service,
    SourceError,
    Unavailable,
    Unreadable,
    UnsupportedLink,
)
from bot.models import Cut, Listing, ListingKind, Source, Track
from bot.models.links import LinkKind, SpotifyLink
from bot.spotify.faults import RowsRefused
from bot.spotify.short_links import ShortLinks
from bot.spotify.sources import SpotifyCatalog

ID = "4uLU6hMCjMI75M1A2tKUQC"
PLAYLIST = SpotifyLink(LinkKind.PLAYLIST, ID)
ALBUM = SpotifyLink(LinkKind.ALBUM, ID)
SHORT = SpotifyLink(LinkKind.SHORT, "spotify.link/AbC")
API, WEB = Service.SPOTIFY_API, Service.SPOTIFY_WEB
SOON = datetime(2026, 11, 20, 12, 5, tzinfo=UTC)
LATER = SOON + timedelta(hours=22)


def listing(*, rows: int = 3, total: int | None = None, cut: Cut | None = None) -> Listing:
    return Listing(
        kind=ListingKind.PLAYLIST,
        id=ID,
        title="Road trip",
        source=Source.EMBED,
        tracks=[Track(title=f"Song {number}") for number in range(rows)],
        total=total,
        cut=cut,
    )


class Rung:
    """A source that gives one listing, or fails one way."""

    def __init__(self, service: Service, outcome: Listing | SourceError) -> None:
        self.service = service
        self.outcome = outcome
        self.asked: list[tuple[ListingKind, str]] = []

    async def listing(self, kind: ListingKind, listing_id: str, *, alone: bool) -> Listing:
        assert alone
        self.asked.append((kind, listing_id))
        if isinstance(self.outcome, SourceError):
            raise self.outcome
        return self.outcome


class Follower(ShortLinks):
    """Knows one short link."""

    def __init__(self) -> None:
        """Stands on nothing."""

    async def resolve(self, link: SpotifyLink) -> SpotifyLink:
        return {SHORT: PLAYLIST}[link]


def catalog(*outcomes: Listing | SourceError) -> tuple[SpotifyCatalog, list[Rung]]:
    rungs = [Rung(service, outcome) for service, outcome in zip((API, WEB), outcomes, strict=False)]
    return SpotifyCatalog(rungs, Follower()), rungs


async def test_the_first_source_that_answers_is_taken() -> None:
    """While the Web API answers, the public page is left in peace."""
    books, (api, web) = catalog(listing(), listing(rows=1))
    assert api.outcome == await books.listing(PLAYLIST)
    assert ([(ListingKind.PLAYLIST, ID)], []) == (api.asked, web.asked)


@pytest.mark.parametrize(
    "error", [Refused(API), NotFound(API), Unavailable(API), Unreadable(API), RowsRefused]
)
async def test_whatever_fails_the_next_source_is_asked(
    error: SourceError | type[RowsRefused],
) -> None:
    """No failure of one source ends the search for a listing."""
    failure = error if isinstance(error, SourceError) else error(listing(rows=0), "no rows")
    books, (_, web) = catalog(failure, listing())
    assert web.outcome == await books.listing(PLAYLIST)


@pytest.mark.parametrize(
    ("told", "rows", "total", "cut"),
    [
        (250, 100, 250, Cut.LIMIT),
        (100, 100, 100, None),
        (120, 99, 120, Cut.LIMIT),
        (None, 100, None, Cut.LIMIT),
        (90, 100, None, Cut.LIMIT),
        (None, 99, 99, None),
    ],
)
async def test_a_refused_playlists_length_completes_the_public_page(
    told: int | None, rows: int, total: int | None, cut: Cut | None
) -> None:
    """Where the Web API tells how many rows there are, the listing knows whether it is cut."""
    seen = listing(
        rows=rows,
        total=None if rows == 100 else rows,
        cut=Cut.LIMIT if rows == 100 else None,
    )
    books, _ = catalog(RowsRefused(listing(rows=0, total=told), "no rows"), seen)
    found = await books.listing(PLAYLIST)
    assert (rows, total, cut) == (len(found.tracks), found.total, found.cut)


REFUSED_ROWS = RowsRefused(listing(rows=0), "no rows")


@pytest.mark.parametrize(
    ("link", "api", "web", "told"),
    [
        (PLAYLIST, Refused(API), NotFound(WEB), "web"),
        (PLAYLIST, Unavailable(API), NotFound(WEB), "web"),
        (PLAYLIST, NotFound(API), NotFound(WEB), "web"),
        (PLAYLIST, NotFound(API), Refused(WEB), "web"),
        (PLAYLIST, NotFound(API), Unavailable(WEB), "web"),
        (PLAYLIST, NotFound(API), Unreadable(WEB), "api"),
        (ALBUM, NotFound(API), Unavailable(WEB), "api"),
        (ALBUM, NotFound(API), Refused(WEB), "api"),
        (PLAYLIST, REFUSED_ROWS, Unavailable(WEB), "web"),
        (PLAYLIST, REFUSED_ROWS, Unreadable(WEB), "api"),
        (PLAYLIST, REFUSED_ROWS, Refused(WEB), "web"),
        (ALBUM, Unavailable(API), Refused(WEB), "api"),
        (ALBUM, Unavailable(API), Unreadable(WEB), "api"),
        (ALBUM, Unreadable(API), Unreadable(WEB), "web"),
        (ALBUM, Unavailable(API, retry_at=LATER), Unavailable(WEB, retry_at=SOON), "web"),
        (ALBUM, Unavailable(API, retry_at=SOON), Unavailable(WEB, retry_at=LATER), "api"),
        (ALBUM, RateLimited(API, retry_after_s=9.0), Unavailable(WEB, retry_at=SOON), "api"),
    ],
)
async def test_of_all_failures_the_one_that_helps_most_is_told(
    link: SpotifyLink, api: SourceError, web: SourceError, told: str
) -> None:
    """Gone or private if a source surely knows; else what passes soonest; else refused."""
    books, _ = catalog(api, web)
    with pytest.raises(SourceError) as caught:
        await books.listing(link)
    assert {"api": api, "web": web}[told] is caught.value


@pytest.mark.parametrize(
    ("last", "sure"),
    [(NotFound(WEB), True), (Unavailable(WEB), False), (Refused(WEB), False)],
    ids=["nowhere", "one is away", "one refuses"],
)
async def test_only_the_last_source_is_sure(last: SourceError, *, sure: bool) -> None:
    """It sees all that is public: where it did not answer, a track may be there after all."""
    places, _ = catalog(NotFound(API), last)
    with pytest.raises(NotFound) as caught:
        await places.listing(SpotifyLink(LinkKind.TRACK, ID))

    assert sure is caught.value.sure


async def test_with_one_source_its_error_is_told() -> None:
    """With the public page turned off, what the Web API says is all there is to say."""
    error = NotFound(API)
    books, _ = catalog(error)
    with pytest.raises(NotFound) as caught:
        await books.listing(PLAYLIST)
    assert error is caught.value


async def test_without_a_source_every_link_is_refused() -> None:
    """A bot with both sources turned off says so at the first link."""
    books, _ = catalog()
    with pytest.raises(Refused, match="turned on"):
        await books.listing(ALBUM)


async def test_a_short_link_is_followed_first() -> None:
    """A listing is found for a short link as for the one it stands for."""
    books, (api,) = catalog(listing())
    link = await books.resolve(SHORT)
    assert PLAYLIST == link
    await books.listing(link)
    assert [(ListingKind.PLAYLIST, ID)] == api.asked


@pytest.mark.parametrize("kind", [LinkKind.EPISODE, LinkKind.USER, LinkKind.JAM])
async def test_links_without_tracks_are_not_asked_for(kind: LinkKind) -> None:
    """A podcast, a person or a jam is told by its kind, without a request."""
    books, (api,) = catalog(listing())
    with pytest.raises(UnsupportedLink) as caught:
        await books.resolve(SpotifyLink(kind, ID))
    assert (kind, []) == (caught.value.kind, api.asked)


async def test_each_failed_source_is_logged() -> None:
    """The operator sees which source failed for which listing, and why."""
    books, _ = catalog(Refused(API, "403 Forbidden"), NotFound(WEB, "status 404"))
    with capture_logs() as lines, pytest.raises(NotFound):
        await books.listing(ALBUM)
    assert [
        ("warning", "spotify_api", f"album:{ID}", "Refused", "403 Forbidden"),
        ("info", "spotify_web", f"album:{ID}", "NotFound", "status 404"),
    ] == [
        (line["log_level"], line["service"], line["listing"], line["error"], line["detail"])
        for line in lines
    ]
