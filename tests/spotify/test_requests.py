"""What is asked of the Web API, held against a description of it that others wrote."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from bot.models import ListingKind
from tests.spotify.webapi import row, song

if TYPE_CHECKING:
    from bot.spotify.api import WebApi
    from tests.spotify.webapi import FakeSpotify

SPECS = Path(__file__).parents[2].parent / "shared" / "specs"
ID = "4uLU6hMCjMI75M1A2tKUQC"

pytestmark = pytest.mark.skipif(
    not SPECS.is_dir(), reason="the services' descriptions are not part of a public clone"
)


class Description:
    """The GET routes of an OpenAPI description, with the parameters that each takes."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._shared = data["components"]["parameters"]
        self._routes = {
            re.compile(re.sub(r"\{\w+\}", "[^/]+", path.lstrip("/"))): methods["get"]
            for path, methods in data["paths"].items()
            if "get" in methods
        }

    def faults(self, path: str, query: dict[str, str]) -> list[str]:
        """What the description says against a request."""
        route = next((get for form, get in self._routes.items() if form.fullmatch(path)), None)
        if route is None:
            return [f"{path}: no such route"]
        known = {one["name"]: one for one in map(self._resolved, route["parameters"])}
        faults = [f"{path}: {name} is unknown" for name in query.keys() - known.keys()]
        for name, value in query.items():
            most = known.get(name, {}).get("schema", {}).get("maximum")
            faults += [f"{path}: {name}={value}"] if most and int(value) > most else []
        return faults

    def _resolved(self, parameter: dict[str, Any]) -> dict[str, Any]:
        name = parameter.get("$ref", "").rpartition("/")[2]
        found: dict[str, Any] = self._shared[name] if name else parameter
        return found


@pytest.fixture
def description() -> Description:
    (file,) = SPECS.glob("spotify-web-api-*.yml")
    return Description(yaml.load(file.read_text(), yaml.CSafeLoader))


async def test_every_request_is_one_that_spotify_describes(
    description: Description, api: WebApi, spotify: FakeSpotify
) -> None:
    """Routes and parameters exist in the description of 2026, within their limits."""
    spotify.routes |= {
        f"tracks/{ID}": lambda _: song(1),
        f"artists/{ID}": lambda _: {"name": "Daft Punk"},
        f"artists/{ID}/top-tracks": lambda _: {"tracks": []},
    }
    spotify.add_album(ID, [song(number) for number in range(120)])
    spotify.add_playlist(ID, [row(number) for number in range(120)])
    for kind in set(ListingKind) - {ListingKind.LIST}:
        await api.listing(kind, ID)
    await api.probe()
    asked = [(path, query) for path, query in spotify.asked if path != "/api/token"]
    assert [] == [fault for path, query in asked for fault in description.faults(path, query)]


def test_the_description_refuses_what_spotify_refuses(description: Description) -> None:
    """A wrong route, an unknown parameter and a limit too high are seen."""
    assert description.faults("nothing", {})
    assert description.faults("search", {"q": "a", "colour": "red"})
    assert description.faults(f"playlists/{ID}/items", {"limit": "51"})
