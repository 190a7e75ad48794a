"""All that the transcripts know of the bot's modules: what moves there is put right here alone."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import SecretStr

from bot.config import Settings
from bot.net import bounded
from bot.net.threads import ClientThreads
from bot.sandbox.services import catalogue
from bot.sandbox.services.ids import youtube_list
from bot.sandbox.services.messages import Answer, Request
from bot.sandbox.services.transports import SampleAdapter as _Adapter
from bot.sandbox.services.transports import SampleTransport as _Transport
from bot.sandbox.services.transports import Services
from bot.sandbox.telegram.errors import ApiError, bad_request
from bot.sandbox.telegram.params import decode
from bot.sandbox.telegram.state import Chat, Message, Upload, User
from tests.conftest import PATIENT
from tests.e2e import data_api
from tests.e2e.live import SAMPLE, LiveBot, complaints, live
from tests.staged.faults import too_many
from tests.staged.groups import Group
from tests.staged.telegram import Call, Telegram

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.services.world import World

__all__ = ["SAMPLE", "Answer", "ApiError", "Call", "Chat", "ClientThreads", "Group", "LiveBot"]
__all__ += ["Message", "Request", "Settings", "Telegram", "Upload", "User", "bad_request"]
__all__ += ["bounded", "complaints", "live", "too_many"]
__all__ += ["youtube_list"]

# A store that a busy machine holds up is waited for: only one that is down is down. What other
# processes met is asked for less often: there are none.
# Presses come as fast as they are written down: how many are followed is held elsewhere.
TIMING = replace(PATIENT, operation_s=120.0, circuits_read_every_s=20.0, presses_s=0.0)

# Settings, by what is there to be asked
EMBED_ONLY: dict[str, Any] = {"spotify_client_id": None, "spotify_client_secret": None}
WITH_DATA_API: dict[str, Any] = {"youtube_api_key": SecretStr(data_api.KEY)}
WITHOUT_MUSIC: dict[str, Any] = {"youtube_music": False}


class Answers(Protocol):
    """What answers each request in place of a network."""

    def answer(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer: ...


@cache
def _world() -> World:
    """Read once for all scenes: none of them changes it."""
    return catalogue.world(catalogue.read())


def sample_services() -> Services:
    return Services(_world())


class DataApi(data_api.DataApi):
    """The YouTube Data API for the sample music."""

    def __init__(self) -> None:
        super().__init__(_world())


def SampleTransport(answers: Answers) -> _Transport:  # noqa: N802 - stands for a class
    return _Transport(answers)  # type: ignore[arg-type]


def SampleAdapter(answers: Answers) -> _Adapter:  # noqa: N802 - stands for a class
    return _Adapter(answers)  # type: ignore[arg-type]


def params_of(call: Call) -> dict[str, Any]:
    """As they arrived: those of a call that met a fault are still JSON in text."""
    return decode(call.params)
