"""What buttons send back: written and read alike, never confused, and within Telegram's limit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import PLATFORMS, Candidate, Track
from bot.models.preferences import Mode
from bot.models.results import Choice
from bot.models.view import Format
from bot.render.callback_data import (
    PATTERNS,
    AskTrack,
    CallbackData,
    ChangeSetting,
    ChooseFormat,
    ChooseRecording,
    OfferRecordings,
    OpenAgain,
    OpenSong,
    SendFile,
    Setting,
    ShowCorrections,
    ShowQueues,
    StopJob,
    TurnPage,
    UndoCorrection,
    read,
    written,
)
from bot.render.settings import LANGUAGES, TELEGRAMS, digits

MOST_BYTES = 64  # https://core.telegram.org/bots/api#inlinekeyboardbutton
JOB = "jN3_xQ-7aZ0pLk2w"
IN_CHATS = [
    (f"p:{JOB}:0", TurnPage(JOB, 0)),
    (f"p:{JOB}:-1", TurnPage(JOB, -1)),
    (f"s:{JOB}", StopJob(JOB)),
    (f"w:{JOB}:3", ShowQueues(JOB, 3)),
    ("w:12345678:3", ShowQueues("12345678", 3)),
    (
        "w:-1001234567890:youtube_video:mWQIzeMqdwA",
        OpenSong(-1001234567890, "youtube_video", "mWQIzeMqdwA"),
    ),
    ("w:7:track:4uLU6hMCjMI75M1A2tKUQC", OpenSong(7, "track", "4uLU6hMCjMI75M1A2tKUQC")),
    (f"x:{JOB}", ChooseFormat(JOB)),
    (f"x:{JOB}:m3u8", SendFile(JOB, Format.M3U8)),
    ("o:v:settings", ChangeSetting(Setting.VIEW, "settings")),
    ("o:p:", ChangeSetting(Setting.PLATFORMS, "")),
    ("o:p:0134", ChangeSetting(Setting.PLATFORMS, "0134")),
    ("o:l:pt-BR", ChangeSetting(Setting.LANGUAGE, "pt-BR")),
    ("o:m:mentioned", ChangeSetting(Setting.MODE, "mentioned")),
    (f"f:{JOB}:2", AskTrack(JOB, 2)),
    (f"ft:{JOB}:41", OfferRecordings(JOB, 41)),
    (f"fx:{JOB}:41:a-_Z:none", ChooseRecording(JOB, 41, "a-_Z", Choice.NONE)),
    (f"fx:{JOB}:41:a-_Z:mWQIzeMqdwA", ChooseRecording(JOB, 41, "a-_Z", "mWQIzeMqdwA")),
    ("fp:-1", ShowCorrections(-1)),
    ("fu:2:text:video:mWQIzeMqdwA", UndoCorrection(2, "text:video:mWQIzeMqdwA")),
    (f"h:{JOB}", OpenAgain(JOB)),
]
KINDS = sorted(PATTERNS, key=lambda kind: kind.__name__)
kinds = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


@pytest.mark.parametrize(("text", "data"), IN_CHATS, ids=[text for text, _ in IN_CHATS])
def test_what_stands_in_chats_is_read(text: str, data: CallbackData) -> None:
    """Buttons that were sent once keep what they stand for, and are written like that today."""
    assert data == read(text)
    assert text == written(data)


def test_each_kind_stands_in_chats() -> None:
    assert {*KINDS} == {type(data) for _, data in IN_CHATS}


@kinds
@given(st.data())
def test_what_is_written_is_read(kind: type[CallbackData], data: st.DataObject) -> None:
    """Whatever a button of a kind carries comes back as it was, in few enough bytes."""
    text = data.draw(st.from_regex(PATTERNS[kind], fullmatch=True))
    pressed = read(text)

    assert isinstance(pressed, kind)
    assert pressed == read(written(pressed))
    assert 1 <= len(written(pressed).encode()) <= MOST_BYTES
    assert len(text.encode()) <= MOST_BYTES


@kinds
@given(st.data())
def test_no_two_kinds_are_confused(kind: type[CallbackData], data: st.DataObject) -> None:
    """No text is a button of two kinds, also where both begin with the same letter."""
    text = data.draw(st.from_regex(PATTERNS[kind], fullmatch=True))

    assert [kind] == [each for each, pattern in PATTERNS.items() if pattern.fullmatch(text)]


@given(st.text() | st.sampled_from([text for text, _ in IN_CHATS]).map(lambda text: text + "\n"))
def test_nothing_else_is_read(text: str) -> None:
    """What somebody made up is no button, or one that is written just so."""
    pressed = read(text)
    assert pressed is None or pressed == read(written(pressed))
    assert pressed is None or "\n" not in text


@pytest.mark.parametrize(
    "text", [None, "", "p", "p:job", "x:job:exe", "w:1:album:x", "f:٣:٣", "q:1"]
)
def test_made_up_data_is_no_button(text: str | None) -> None:
    assert None is read(text)


@pytest.mark.parametrize(
    "track",
    [
        Track(title="A", spotify_id="4uLU6hMCjMI75M1A2tKUQC"),
        Track(title="A", artists=("B",), duration_ms=1),
        Track(title="A", video=Candidate(video_id="mWQIzeMqdwA", title="A")),
    ],
)
def test_every_track_can_be_named(track: Track) -> None:
    """The key under which a correction is kept fits into the button that undoes it."""
    undo = UndoCorrection(99_999, track.key)
    assert undo == read(written(undo))


@pytest.mark.parametrize(
    "data",
    [
        *(ChangeSetting(Setting.LANGUAGE, tag) for tag in (*LANGUAGES, TELEGRAMS)),
        *(ChangeSetting(Setting.MODE, mode) for mode in Mode),
        ChangeSetting(Setting.PLATFORMS, digits(PLATFORMS)),
    ],
)
def test_every_setting_can_be_chosen(data: ChangeSetting) -> None:
    assert data == read(written(data))
