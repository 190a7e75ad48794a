"""What the chat says, word for word: each scene's transcript is what it was."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.tools.transcript import RENEW
from tests.transcripts.scene import play
from tests.transcripts.scenes import SCENES
from tests.transcripts.seams import SAMPLE

if TYPE_CHECKING:
    from tests.transcripts.seams import Settings

GOLDEN = Path(__file__).parent / "golden"


pytestmark = pytest.mark.no_cover


@pytest.mark.parametrize("name", SCENES)
def test_transcript(name: str, mongo_settings: Settings) -> None:
    """The same calls with the same words in the same order; `make transcript` renews them."""
    act = SCENES[name]
    settings = mongo_settings.model_copy(update=SAMPLE | act.changes)
    now = play(act.play, settings, privacy=act.privacy)
    file = GOLDEN / f"{name}.txt"
    if os.environ.get(RENEW) == "renew":
        file.write_text(now, encoding="utf-8")
    before = file.read_text(encoding="utf-8")
    changed = "\n".join(
        difflib.unified_diff(
            before.splitlines(), now.splitlines(), f"{file.name} before", "now", lineterm=""
        )
    )
    assert not changed, changed


def test_no_transcript_is_left_over() -> None:
    """Each golden file belongs to a scene."""
    assert sorted(SCENES) == sorted(file.stem for file in GOLDEN.glob("*.txt"))
