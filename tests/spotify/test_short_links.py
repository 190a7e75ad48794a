from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.clock import Timing
from bot.errors import (
    NotFound,
    RateLimited,
    Refused,
    Service,
    StoreUnavailable,
    TracklinkError,
    Unavailable,
    Unreadable,
    UnsupportedLink,
)
from bot.models.links import LinkKind, SpotifyLink
from bot.net.circuit import ATTEMPTS
from bot.net.short_links import HOPS, MAX_BYTES
from bot.spotify.short_links import ShortLinks
from bot.storage.short_links import ShortLinks as ShortLinkStore
from tests.spotify.pages import WEB_URL, FakeWeb

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.net.circuit import CircuitBreaker

ID = "4uLU6hMCjMI75M1A2tKUQC"
OTHER = "6N9PS4QXF1D0OWPk0Sxtb4"
MORE = f"https://open.spotify.com/playlist/{OTHER}"
SHORT = SpotifyLink(LinkKind.SHORT, "spotify.link/AbC")
TRACK = SpotifyLink(LinkKind.TRACK, ID)
LOOPBACK = "http://127.0.0.1:8080"


# Addresses inside a network, in the spellings that resolvers take
INSIDE = (
    "https://127.0.0.1/x",
    "https://127.1/x",
    "https://2130706433/x",
    "https://0x7f.0.0.1/x",
    "https://0177.0.0.1/x",
    "https://localhost/x",
    "https://[::1]/x",
    "https://[::ffff:127.0.0.1]/x",
    "https://[fe80::1%25eth0]/x",
    "https://[fd00::1]/x",
    "https://0.0.0.0/x",
    "https://10.0.0.1/x",
    "https://172.16.0.1/x",
    "https://192.168.1.1/x",
    "https://100.64.0.1/x",
    "https://169.254.169.254/x",
    "https://metadata.google.internal/x",
)
# What is not Spotify's, or not asked over https at its usual port
LOOK_ALIKES = (
    "https://open.spotify.com@evil.test/x",
    "https://open.spotify.com:pass@evil.test/x",
    "https://user@open.spotify.com/x",
    "https://open.spotify.com%40evil.test/x",
    "https://open.spotify.com\\@evil.test/x",
    "https://evil.test\\.spotify.link/x",
    "https://open.spotify.com.evil.test/x",
    "https://spotify.link.evil.test/x",
    "https://notspotify.link/x",
    "https://spotify.link./x",
    "https://spotify.link:80/x",
    "https://spotify.link:443/x",
    "https://spotify.link:/x",
    "https://xn--potify-g4e.link/x",
    "https://\u0455potify.link/x",
    "https://spotify\u3002link/x",
    "https://\uff53potify.link/x",
    "https://spot\u0131fy.link/x",
    "https://spotify.link\u200b/x",
    "//evil.test/x",
    "ftp://spotify.link/x",
    "gopher://spotify.link/x",
    "data:text/html,x",
    "javascript:alert(1)",
)


class Kept(ShortLinkStore):
    """A store of short links in a dict; `down` makes it fail."""

    def __init__(self) -> None:
        self.links: dict[str, SpotifyLink] = {}
        self.gone: set[str] = set()
        self.down = False

    async def get(self, short_id: str) -> SpotifyLink | None:
        self._check()
        if short_id in self.gone:
            raise NotFound(Service.SPOTIFY_WEB)
        return self.links.get(short_id)

    async def put(self, short_id: str, link: SpotifyLink) -> None:
        self._check()
        self.links[short_id] = link

    async def put_gone(self, short_id: str) -> None:
        self._check()
        self.gone.add(short_id)

    def _check(self) -> None:
        if self.down:
            raise StoreUnavailable


@pytest.fixture
def web() -> FakeWeb:
    return FakeWeb()


@pytest.fixture
def store() -> Kept:
    return Kept()


@pytest.fixture
async def short_links(
    web: FakeWeb, store: Kept, web_upstream: CircuitBreaker
) -> AsyncIterator[ShortLinks]:
    async with web.client() as http:
        yield ShortLinks(http, web_upstream, store, web_url=WEB_URL)


def to(location: str, **more: str) -> httpx.Response:
    return httpx.Response(
        307, headers=httpx.Headers({"Location": location, **more}, encoding="utf-8")
    )


def html(text: str) -> httpx.Response:
    return httpx.Response(200, html=text)


@pytest.mark.parametrize(
    "short", ["spotify.link/AbC", "spotify.app.link/AbC", "open.spotify.com/s/AbC"]
)
async def test_a_redirect_tells_the_link(short_links: ShortLinks, web: FakeWeb, short: str) -> None:
    """All three forms are followed, and the page they lead to is not asked for."""
    web.pages[f"https://{short}"] = to(f"{TRACK.url}?si=1&_branch_match_id=2")
    assert TRACK == await short_links.resolve(SpotifyLink(LinkKind.SHORT, short))
    assert [f"https://{short}"] == web.addresses


async def test_several_hops_are_followed(short_links: ShortLinks, web: FakeWeb) -> None:
    """One short link may lead to another, by a whole address or a path alone."""
    web.pages |= {
        SHORT.url: to("https://spotify.app.link/x"),
        "https://spotify.app.link/x": to("/y"),
        "https://spotify.app.link/y": to(f"http://open.spotify.com/track/{ID}"),
    }
    assert TRACK == await short_links.resolve(SHORT)


@pytest.mark.parametrize(
    "text",
    [
        f'<a href="{MORE}">more</a><meta property="og:url" content="{TRACK.url}?si=1&amp;x=2">',
        f'<meta content="{TRACK.uri}" property="al:ios:url"/>',
        f'<META HTTP-EQUIV="refresh" CONTENT="0; url={TRACK.url}">',
        f'<link rel="canonical" href="{TRACK.url}">',
        f'<script>window.location = "https:\\/\\/open.spotify.com\\/track\\/{ID}?si=1";</script>',
        f'<a href="https://open.spotify.com/episode/{OTHER}">e</a> <a href="{TRACK.url}">t</a>',
    ],
)
async def test_a_page_names_the_link(short_links: ShortLinks, web: FakeWeb, text: str) -> None:
    """Without a redirect the target stands in a tag or in a script of the page."""
    web.pages[SHORT.url] = html(f"<html><head>{text}</head></html>")
    assert TRACK == await short_links.resolve(SHORT)


@pytest.mark.parametrize(
    ("answer", "expected", "calls"),
    [
        (to(f"https://open.spotify.com/episode/{ID}"), UnsupportedLink, 1),
        (to("https://evil.test/"), UnsupportedLink, 1),
        (to(f"https://evil.test/?u={TRACK.url}"), UnsupportedLink, 1),
        (to("http://spotify.link/other"), UnsupportedLink, 1),
        (to("https://spotify.link@evil.test/x"), UnsupportedLink, 1),
        (to("https://spotify.link:8443/x"), UnsupportedLink, 1),
        (to("http://169.254.169.254/latest/meta-data"), UnsupportedLink, 1),
        (to("file:///etc/passwd"), UnsupportedLink, 1),
        (to("https://www.spotify.com/download"), NotFound, 1),
        (to("https://open.spotify.com/"), NotFound, 1),
        (to("https://open.spotify.com?_branch=1"), NotFound, 1),
        (to("https://[broken"), Unreadable, 1),
        (to("spotify:track"), Unreadable, 1),
        (html("<html>nothing</html>"), Unreadable, 1),
        (html("x" * (MAX_BYTES + 1)), Unreadable, 1),
        (httpx.Response(302), Unreadable, 1),
        (httpx.Response(404), NotFound, 1),
        (httpx.Response(403), Refused, 1),
        (httpx.Response(429, headers={"Retry-After": "60"}), RateLimited, 1),
        (httpx.Response(500), Unavailable, ATTEMPTS),
        (httpx.ConnectTimeout("slow"), Unavailable, ATTEMPTS),
        (httpx.ConnectError("no"), Unavailable, ATTEMPTS),
    ],
)
async def test_what_leads_elsewhere_says_so(
    short_links: ShortLinks,
    web: FakeWeb,
    answer: httpx.Response | Exception,
    expected: type[TracklinkError],
    calls: int,
) -> None:
    """No host but Spotify's is ever asked, and every dead end has its own meaning."""
    web.pages[SHORT.url] = answer
    with pytest.raises(TracklinkError) as caught:
        await short_links.resolve(SHORT)
    assert expected is caught.type
    assert [SHORT.url] * calls == web.addresses


@pytest.mark.parametrize("address", [*INSIDE, *LOOK_ALIKES])
async def test_every_hop_is_checked(short_links: ShortLinks, web: FakeWeb, address: str) -> None:
    """Also the second and the fourth hop must lead to Spotify's hosts."""
    web.pages |= {
        SHORT.url: to("/2"),
        "https://spotify.link/2": to("https://spotify.app.link/3"),
        "https://spotify.app.link/3": to("/4"),
        "https://spotify.app.link/4": to(address),
    }
    with pytest.raises(TracklinkError):
        await short_links.resolve(SHORT)
    assert set(web.pages) == set(web.addresses)


async def test_a_ring_of_redirects_ends(short_links: ShortLinks, web: FakeWeb) -> None:
    """After five hops the link is given up."""
    web.pages[SHORT.url] = to("/AbC")
    with pytest.raises(Unreadable, match=f"{HOPS} hops"):
        await short_links.resolve(SHORT)
    assert HOPS == len(web.asked)


async def test_a_link_service_that_hangs_is_left(
    web_upstream: CircuitBreaker,
) -> None:
    """All hops and retries together have one deadline."""

    async def hang(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async with httpx.AsyncClient(transport=httpx.MockTransport(hang)) as http:
        timing = Timing(short_link_s=0.02)
        short_links = ShortLinks(http, web_upstream, None, web_url=WEB_URL, timing=timing)
        with pytest.raises(Unavailable):
            await short_links.resolve(SHORT)


async def test_what_was_found_is_kept(short_links: ShortLinks, web: FakeWeb, store: Kept) -> None:
    """The same short link is followed once, whatever it leads to."""
    episode = SpotifyLink(LinkKind.EPISODE, ID)
    web.pages[SHORT.url] = to(episode.url)
    for _ in range(2):
        with pytest.raises(UnsupportedLink) as caught:
            await short_links.resolve(SHORT)
        assert LinkKind.EPISODE == caught.value.kind
    assert ({SHORT.id: episode}, 1) == (store.links, len(web.asked))


async def test_what_leads_to_nothing_is_asked_for_once(
    short_links: ShortLinks, web: FakeWeb
) -> None:
    """Its page says that there is nothing, and says so for all who send it."""
    web.pages[SHORT.url] = httpx.Response(404)
    for _ in range(2):
        with pytest.raises(NotFound):
            await short_links.resolve(SHORT)
    assert 1 == len(web.asked)


async def test_without_its_store_a_link_is_followed_all_the_same(
    short_links: ShortLinks, web: FakeWeb, store: Kept
) -> None:
    """A database that is down does not stand between a person and a link."""
    store.down = True
    web.pages[SHORT.url] = to(TRACK.url)
    assert TRACK == await short_links.resolve(SHORT)


async def test_no_cookie_is_carried_from_hop_to_hop(short_links: ShortLinks, web: FakeWeb) -> None:
    """What a link service sets, it does not get back."""
    web.pages |= {
        SHORT.url: to("/next", **{"Set-Cookie": "id=1; Path=/"}),
        "https://spotify.link/next": to(TRACK.url),
    }
    await short_links.resolve(SHORT)
    assert [None, None] == [request.headers.get("Cookie") for request in web.asked]


async def test_the_web_address_of_a_test_stands_in_for_spotifys(
    web: FakeWeb, web_upstream: CircuitBreaker
) -> None:
    """With `SPOTIFY_WEB_URL` on loopback, its links are asked for there and read as Spotify's."""
    web.pages |= {
        f"{LOOPBACK}/s/AbC": to("/s/next"),
        f"{LOOPBACK}/s/next": to(f"{LOOPBACK}/intl-de/track/{ID}?si=1"),
    }
    async with web.client() as http:
        short_links = ShortLinks(http, web_upstream, None, web_url=LOOPBACK)
        short = SpotifyLink(LinkKind.SHORT, "open.spotify.com/s/AbC")
        assert TRACK == await short_links.resolve(short)
    assert [f"{LOOPBACK}/s/AbC", f"{LOOPBACK}/s/next"] == web.addresses
