"""The made-up answers against recorded real ones: no part of theirs is a part of ours alone."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.models import ListingKind
from bot.sandbox import services
from bot.sandbox.services import catalogue
from bot.sandbox.services import music_shapes as music
from bot.sandbox.services import spotify_shapes as spotify
from tests.e2e.recorded import PAYLOADS

pytestmark = pytest.mark.skipif(
    not PAYLOADS.is_dir(), reason="the recorded answers (../shared/payloads) are not here"
)

WORLD = catalogue.world(catalogue.read())
BY_KIND = {listing.kind: listing for listing in reversed(list(WORLD.listings.values()))}

OF_SPOTIFY = [kind for kind in ListingKind if kind is not ListingKind.LIST]


def recorded(name: str) -> Any:
    return json.loads((PAYLOADS / name).read_text(encoding="utf-8"))


def paths(body: Any, at: str = "") -> Iterator[str]:
    if isinstance(body, dict):
        for name, part in body.items():
            yield f"{at}.{name}"
            yield from paths(part, f"{at}.{name}")
    if isinstance(body, list):
        for part in body:
            yield from paths(part, f"{at}[]")


def unknown(made: Any, *real: Any) -> set[str]:
    return set(paths(made)) - {path for body in real for path in paths(body)}


def test_album() -> None:
    """An album and a page of its rows have no field that Spotify's have not."""
    album = BY_KIND[ListingKind.ALBUM]
    page = spotify.album_page(album, offset=0, limit=5)

    assert set() == unknown(spotify.album(album), recorded("spotify-2026/get_album.json"))
    assert set() == unknown(page, recorded("spotify-2026/album_tracks.json"))


def test_track_and_artist() -> None:
    """A track and an artist have no field that Spotify's have not."""
    track = spotify.track(BY_KIND[ListingKind.TRACK].tracks[0])
    artist = spotify.artist(BY_KIND[ListingKind.ARTIST])
    found = recorded("spotify-2026/search.json")["tracks"]["items"]

    assert set() == unknown(track, *found)
    assert set() == unknown(artist, recorded("spotify-2026/artist.json"))


def test_playlist_rows() -> None:
    """Songs, local files and episodes in playlists have no field that Spotify's have not."""
    playlist = BY_KIND[ListingKind.PLAYLIST]
    made = spotify.playlist_page(playlist, offset=0, limit=50)
    real = [recorded(f"spotify-2026/playlist_{number}.json")["tracks"] for number in (1, 2, 3)]
    real.append(recorded("spotify-2026/playlist_items.json"))
    rows = [{**row, "item": row["track"]} for page in real for row in page["items"]]

    assert set() == unknown(made, *real, {"items": rows})


def test_playlist_itself() -> None:
    """A playlist has no field that Spotify's has not, but for its renamed rows."""
    made = spotify.playlist(BY_KIND[ListingKind.PLAYLIST], rows=False)

    assert set() == unknown(made, recorded("spotify-2026/playlist_1.json"))


@pytest.mark.parametrize("kind", OF_SPOTIFY)
def test_embed_page(kind: ListingKind) -> None:
    """An embed page's data has no field that Spotify's has not."""
    script = spotify.embed_page(BY_KIND[kind]).partition('json">')[2].partition("</script>")[0]
    pages = [recorded(f"spotify-embed/{name}.json") for name in OF_SPOTIFY]

    assert set() == unknown(json.loads(script), *pages)


def test_searches_and_album_pages() -> None:
    """Rows of searches and album pages have no field that YouTube Music's have not."""
    found = [find.candidate for find in WORLD.finds]
    songs = music.search("Songs", [music.song_row(song) for song in found if song.album])
    videos = music.search("Videos", [music.video_row(video) for video in found if not video.album])
    album = music.album_page("Harbour", "Ondine Vargo", 2024, found)

    assert set() == unknown(songs, recorded("youtube-music/search_songs_20231226.json"))
    assert set() == unknown(
        videos,
        recorded("youtube-music/search_videos_20231226.json"),
        recorded("youtube-music/search_videos_20240612.json"),
    )
    assert set() == unknown(
        album,
        recorded("youtube-music/get_album_not_signed_in_20250611.json"),
        recorded("youtube-music/get_album_20240724.json"),
    )


def test_nothing_is_copied() -> None:
    """No recorded artist, title or id is among the made-up ones."""
    texts = {
        text
        for listing in WORLD.listings.values()
        for track in listing.tracks
        for text in (track.title, *track.artists, track.album, track.spotify_id)
        if text
    }
    everything = "".join(path.read_text("utf-8") for path in PAYLOADS.rglob("*.json"))

    assert set() == {text for text in texts if f'"{text}"' in everything}
    assert 5 == len(services.links())
