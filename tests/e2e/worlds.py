"""Made-up catalogues of any size, the same each time: each song has its one official recording."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bot.models import Candidate, CandidateKind, Listing, ListingKind, Source, Track
from bot.sandbox.services.ids import isrc, spotify_id, video_id
from bot.sandbox.services.world import Find, World

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_SYLLABLES = ("ba", "do", "fe", "gu", "ki", "lo", "ma", "ne", "pu", "ra", "si", "to", "vu", "za")
ALBUM_SONGS = 10


def playlist_id(name: str) -> str:
    return spotify_id("playlist", name)


def album_id(name: str) -> str:
    return spotify_id("album", name)


def tracks(name: str, size: int) -> list[Track]:
    """Songs that share no word: a search for one finds no other. Each is on an album of its own."""
    return [_track(name, number) for number in range(size)]


def playlist(name: str, size: int) -> Listing:
    return _listing(ListingKind.PLAYLIST, playlist_id(name), name, tracks(name, size))


def album(name: str, size: int = ALBUM_SONGS) -> Listing:
    """Songs of one artist on one album."""
    artist = f"{name.title()} Quartet"
    songs = [
        Track(
            title=song.title,
            artists=[artist],
            album=name,
            duration_ms=song.duration_ms,
            isrc=song.isrc,
            explicit=False,
            spotify_id=song.spotify_id,
        )
        for song in tracks(f"album {name}", size)
    ]
    return _listing(ListingKind.ALBUM, album_id(name), name, songs, owner=artist)


def world(listings: Iterable[Listing], *, refused: Collection[str] = ()) -> World:
    """A world with these listings, and the official audio of all their songs."""
    known = {listing.key: listing for listing in listings}
    songs = {song.key: song for listing in known.values() for song in listing.tracks}
    finds = tuple(Find(candidate=audio(song), also=song.isrc or "") for song in songs.values())
    return World(listings=known, finds=finds, refused=refused)


def audio(song: Track) -> Candidate:
    """The art track that the song's label delivered."""
    return Candidate(
        video_id=video_id("audio", song.key),
        title=song.title,
        artists=song.artists,
        album=song.album,
        duration_s=(song.duration_ms or 0) // 1000,
        kind=CandidateKind.AUDIO,
        views=1_200_000,
        explicit=song.explicit,
    )


def _track(name: str, number: int) -> Track:
    title = f"{_word(name, number, 'first')} {_word(name, number, 'second')}"
    return Track(
        title=title,
        artists=[f"{_word(name, number, 'artist')} {_word(name, number, 'band')}"],
        album=f"{title} Sessions",
        duration_ms=150_000 + number * 1_700 % 120_000,
        isrc=isrc(name, str(number)),
        explicit=False,
        spotify_id=spotify_id("track", name, str(number)),
    )


def _word(*parts: object) -> str:
    """A word of five syllables, one of half a million."""
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=5).digest()
    return "".join(_SYLLABLES[byte % len(_SYLLABLES)] for byte in digest).title()


def _listing(
    kind: ListingKind, identity: str, title: str, songs: list[Track], *, owner: str = "Testers"
) -> Listing:
    return Listing(
        kind=kind,
        id=identity,
        title=title,
        source=Source.WEB_API,
        tracks=songs,
        owner=owner,
        year=2024,
        total=len(songs),
    )
