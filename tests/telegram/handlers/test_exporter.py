"""A file is made, sent, and the next time sent again by its id, unless something of it changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from bot.errors import FileTooLarge
from bot.models.view import Format, Picture
from bot.render.i18n import load_languages
from bot.storage.exports import Exports
from bot.telegram.handlers.exports import UPLOAD_BYTES, Exporter
from tests.render.export.listings import road_trip

if TYPE_CHECKING:
    from bot.models.view import ListingView
    from bot.render.export.files import File
    from bot.storage.database import Database
    from tests.conftest import SetClock

WORDS = load_languages().words("en")
PICTURE = Picture("image/png", b"cover")
COVER = "https://i.scdn.co/image/x"


@dataclass
class Covers:
    """Gives its picture, and counts how often it was asked."""

    given: Picture | None = PICTURE
    asked: int = 0

    async def picture(self, url: str | None) -> Picture | None:
        assert COVER == url
        self.asked += 1
        return self.given


@dataclass
class Post:
    """Numbers the files that come; `lost` are ids that it does not know any more."""

    uploaded: list[File] = field(default_factory=list)
    resent: list[str] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)

    async def again(self, file_id: str) -> bool:
        if file_id in self.lost:
            return False
        self.resent.append(file_id)
        return True

    async def upload(self, file: File) -> str | None:
        self.uploaded.append(file)
        return f"file-{len(self.uploaded)}"


@dataclass
class Scene:
    exports: Exports
    covers: Covers = field(default_factory=Covers)
    post: Post = field(default_factory=Post)
    most_bytes: int = UPLOAD_BYTES

    async def send(self, view: ListingView, kind: Format, *, token: str = "1:A") -> None:
        exporter = Exporter(
            self.exports, cast("Any", self.covers), token=token, most_bytes=self.most_bytes
        )
        await exporter.send(view, kind, WORDS, cast("Any", self.post))


@pytest.fixture
def scene(db: Database, now: SetClock) -> Scene:
    return Scene(Exports(db, clock=now))


def pictured(url: str | None = COVER) -> ListingView:
    view = road_trip()
    return replace(view, listing=replace(view.listing, cover_url=url))


async def test_the_same_state_is_sent_again(scene: Scene) -> None:
    """The second time Telegram's own id goes out, and nobody is asked for the cover."""
    for _ in range(3):
        await scene.send(pictured(), Format.HTML)
    [file] = scene.post.uploaded

    assert b"data:image/png;base64" in file.content
    assert ["file-1", "file-1"] == scene.post.resent
    assert 1 == scene.covers.asked


async def test_another_state_is_another_file(scene: Scene) -> None:
    """Another match, cover, name, format or bot: each makes its own file."""
    view = pictured()
    states = [
        view,
        replace(view, results={}),
        pictured(None),
        replace(view, listing=replace(view.listing, title="Other")),
    ]
    for state in states:
        await scene.send(state, Format.ZIP)
    await scene.send(view, Format.CSV)
    await scene.send(view, Format.ZIP, token="2:A")

    assert 6 == len(scene.post.uploaded)
    assert [] == scene.post.resent


async def test_an_id_that_telegram_lost(scene: Scene) -> None:
    """The file goes up anew, and its new id counts from then on."""
    scene.post.lost.add("file-1")
    for _ in range(3):
        await scene.send(pictured(), Format.TXT)

    assert 2 == len(scene.post.uploaded)
    assert ["file-2"] == scene.post.resent


async def test_a_page_without_its_cover_is_not_kept(scene: Scene) -> None:
    """The cover may come the next time, so the next page is made anew."""
    scene.covers.given = None
    await scene.send(pictured(), Format.HTML)
    scene.covers.given = PICTURE
    for _ in range(2):
        await scene.send(pictured(), Format.HTML)

    assert [False, True] == [b"<img" in file.content for file in scene.post.uploaded]
    assert ["file-2"] == scene.post.resent


@pytest.mark.parametrize("url", [None, "https://elsewhere.example/cover.jpg"])
async def test_a_list_without_a_cover_of_spotify(scene: Scene, url: str | None) -> None:
    """Nobody is asked for a picture, and the page is kept as it is."""
    for _ in range(2):
        await scene.send(pictured(url), Format.HTML)
    assert 0 == scene.covers.asked
    assert ["file-1"] == scene.post.resent


async def test_a_file_too_large(scene: Scene) -> None:
    """What Telegram would refuse is not sent at all."""
    scene.most_bytes = 100
    with pytest.raises(FileTooLarge):
        await scene.send(pictured(), Format.CSV)
    assert [] == scene.post.uploaded
