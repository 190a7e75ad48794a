"""YouTube Music's interface behind its web page, answering for one world."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from bot.models import CandidateKind, ListingKind
from bot.sandbox.services import music_shapes as shapes
from bot.sandbox.services.ids import youtube_list
from bot.sandbox.services.messages import Answer
from bot.sandbox.services.world import Search

if TYPE_CHECKING:
    from bot.models import Candidate, Listing
    from bot.sandbox.services.messages import Request
    from bot.sandbox.services.world import World

SONGS = "EgWKAQII"  # how the `params` of a search among songs begins; of videos: EgWKAQIQ
SONG_KINDS = (CandidateKind.AUDIO,)
VIDEO_KINDS = (
    CandidateKind.VIDEO,
    CandidateKind.OFFICIAL,
    CandidateKind.UPLOAD,
    CandidateKind.UNKNOWN,
)
ALBUM_YEAR = 2024
LIST_PREFIX = "VL"  # of a playlist's page


class Music:
    def __init__(self, world: World) -> None:
        self._world = world

    @cached_property
    def _index(self) -> Search:
        return Search(self._world.finds)

    @cached_property
    def _albums(self) -> dict[str, list[Candidate]]:
        return self._world.albums()

    @cached_property
    def _videos(self) -> dict[str, Candidate]:
        return {find.candidate.video_id: find.candidate for find in self._world.finds}

    @cached_property
    def _lists(self) -> dict[str, Listing]:
        """Playlists are on YouTube as well, each under an id made of the one it has at Spotify."""
        listings = self._world.listings.values()
        kept = [listing for listing in listings if listing.kind is ListingKind.PLAYLIST]
        return {youtube_list(listing.id): listing for listing in kept}

    @cached_property
    def _recordings(self) -> dict[str, Candidate]:
        """The first recording of each song, by the song's key."""
        named: dict[tuple[str, tuple[str, ...]], Candidate] = {}
        for find in self._world.finds:
            found = find.candidate
            named.setdefault((found.title, tuple(found.artists)), found)
        tracks = self._world.tracks().values()
        names = {track.key: (track.title, tuple(track.artists)) for track in tracks}
        return {key: named[name] for key, name in names.items() if name in named}

    def answer(self, request: Request) -> Answer:
        match request.steps:
            case []:
                return Answer.html(200, shapes.HOME_PAGE)
            case ["youtubei", "v1", "search"]:
                return Answer.json(200, self._search(request.json()))
            case ["youtubei", "v1", "next"]:
                return self._watch(str(request.json().get("videoId", "")))
            case ["youtubei", "v1", "browse"]:
                return self._page(request.json())
            case _:
                return _not_found()

    def songs(self, asked: dict[str, Any]) -> list[Candidate] | None:
        """What a search among songs finds; None when it is among videos."""
        if not str(asked.get("params", "")).startswith(SONGS):
            return None
        return self._index.find(str(asked.get("query", "")), SONG_KINDS)

    def _search(self, asked: dict[str, Any]) -> dict[str, Any]:
        songs = self.songs(asked)
        if songs is not None:
            return shapes.search("Songs", [shapes.song_row(song) for song in songs])
        videos = self._index.find(str(asked.get("query", "")), VIDEO_KINDS)
        return shapes.search("Videos", [shapes.video_row(video) for video in videos])

    def _watch(self, video_id: str) -> Answer:
        return Answer.json(200, shapes.watch_page(self._videos.get(video_id), year=ALBUM_YEAR))

    def _page(self, asked: dict[str, Any]) -> Answer:
        name, token = str(asked.get("browseId", "")), str(asked.get("continuation", ""))
        if not token and not name.startswith(LIST_PREFIX):
            return self._album(name)
        identity, _, offset = (token or name.removeprefix(LIST_PREFIX)).partition(":")
        listing = self._lists.get(identity)
        if listing is None:
            return _not_found()
        rows = [self._recordings.get(track.key, track.title) for track in listing.tracks]
        if token:
            return Answer.json(200, shapes.playlist_more(identity, rows, int(offset)))
        return Answer.json(200, shapes.playlist_page(identity, listing.title, rows))

    def _album(self, identity: str) -> Answer:
        found = self._albums.get(identity)
        if not found:
            return _not_found()
        page = shapes.album_page(found[0].album or "", found[0].artists[0], ALBUM_YEAR, found)
        return Answer.json(200, page)


def _not_found() -> Answer:
    error = {"code": 404, "message": "Requested entity was not found.", "status": "NOT_FOUND"}
    return Answer.json(404, {"error": error})
