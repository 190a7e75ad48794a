"""Answers of services with fields missing, null, huge or of another type."""

from __future__ import annotations

import copy
import json
import random
from typing import TYPE_CHECKING, Any

from bot.sandbox.services.messages import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.sandbox.services.transports import Services

ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1e308,
    float("nan"),
    float("inf"),
    10**30,
    "9" * 5000,
    "",
    " ",
    "\x00\ud800",
    "\u202e\u0000<b>&amp;</b>\u200f",
    "x" * 20_000,
    "-1",
    "P9999999999DT1S",
    "0000-99-99",
    [],
    {},
    [[]],
    [None],
    [{}],
    {"": None},
    {"name": {"name": 1}},
    [1, "a", None, {"id": []}],
)
NEXT_DATA = b'id="__NEXT_DATA__"'
MOST_WOUNDS = 4


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value inside, containers too."""
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if _is_list(value) else ()
    )
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


def mangled(value: Any, chance: random.Random) -> Any:
    """A copy with a few places taken out or replaced by something odd."""
    whole = {"": copy.deepcopy(value)}
    for _ in range(chance.randint(1, MOST_WOUNDS)):
        path = chance.choice(list(places(whole)))
        parent: Any = whole
        for step in path[:-1]:
            parent = parent[step]
        if chance.random() < 0.3 and path != ("",):
            del parent[path[-1]]
        else:
            parent[path[-1]] = copy.deepcopy(chance.choice(ODD))
    return whole[""]


def mangled_answer(answer: Answer, chance: random.Random) -> Answer:
    """The answer with its JSON mangled; also an embed page's, and now and then its bytes."""
    content = answer.content
    if chance.random() < 0.1:
        cut = chance.randrange(len(content) + 1)
        return Answer(answer.status, content[:cut], answer.headers)
    if NEXT_DATA in content:
        head, _, rest = content.partition(b'json">')
        script, end, tail = rest.partition(b"</script>")
        return Answer(
            answer.status,
            head + b'json">' + _dumped(script, chance) + end + tail,
            answer.headers,
        )
    try:
        return Answer(answer.status, _dumped(content, chance), answer.headers)
    except ValueError:
        return answer


class Mangler:
    """Services whose answers below `host` are mangled, the same way for the same seed."""

    def __init__(self, services: Services, host: str, seed: int) -> None:
        self._services = services
        self._host = host
        self._chance = random.Random(seed)

    def answer(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        answer = self._services.answer(method, url, headers, body)
        if self._host in url and answer.content and self._chance.random() < 0.8:
            return mangled_answer(answer, self._chance)
        return answer


def _dumped(content: bytes, chance: random.Random) -> bytes:
    return json.dumps(mangled(json.loads(content), chance)).encode()


def _is_list(value: Any) -> bool:
    return isinstance(value, list)
