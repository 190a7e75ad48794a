"""The checker of calls: on a small description made up here, and on the real one at hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.spec import SPEC, Spec
from tests.staged.telegram import Telegram


def field(name: str, *types: str, required: bool = False) -> dict[str, Any]:
    return {"name": name, "types": list(types), "required": required}


SMALL = Spec(
    {
        "methods": {
            "sendDocument": {
                "returns": ["Message"],
                "fields": [
                    field("chat_id", "Integer", "String", required=True),
                    field("document", "InputFile", "String", required=True),
                    field("silent", "Boolean"),
                    field("marks", "Array of Mark"),
                ],
            },
            "getMe": {"returns": ["True"]},
        },
        "types": {
            "Message": {"fields": [field("id", "Integer", required=True)]},
            "Update": {"fields": [field("message", "Message")]},
            "Mark": {"subtypes": ["Bold", "Link"]},
            "Bold": {"fields": [field("bold", "True", required=True)]},
            "Link": {"fields": [field("url", "String", required=True)]},
        },
    }
)


@pytest.mark.parametrize(
    ("params", "files", "words"),
    [
        ({"chat_id": 1, "document": "attach://a"}, ["a"], []),
        ({"chat_id": "@a"}, ["document"], []),
        ({"chat_id": 1, "document": "id", "marks": [{"bold": True}, {"url": "x"}]}, [], []),
        ({"document": "id"}, [], ["chat_id is missing"]),
        ({"chat_id": 1}, [], ["document is missing"]),
        ({"chat_id": 1, "document": "id", "loud": 1}, [], ["no parameter loud"]),
        ({"chat_id": 1, "document": "id", "silent": "yes"}, [], ["silent: $: 'yes' is not of"]),
        ({"chat_id": [], "document": "id"}, [], ["chat_id: $: [] is not valid"]),
        ({"chat_id": 1, "document": "id", "marks": [{}]}, [], ["marks: $[0]: {} is not valid"]),
    ],
)
def test_calls(params: dict[str, Any], files: list[str], words: list[str]) -> None:
    """Missing, unknown and mistyped parameters are each named."""
    found = SMALL.check_call("sendDocument", params, files)
    assert len(words) == len(found)
    assert all(word in complaint for word, complaint in zip(words, found, strict=True))


def test_unknown_method() -> None:
    """A method that the description does not know is named."""
    assert ["sendNothing: no such method"] == SMALL.check_call("sendNothing", {})


def test_results() -> None:
    """A result must have the type that the method returns."""
    assert [] == SMALL.check_result("sendDocument", {"id": 1})
    assert SMALL.check_result("sendDocument", {"id": 1, "more": 2})
    assert SMALL.check_result("getMe", False)
    assert SMALL.check_update({"message": {}})


async def test_run() -> None:
    """A whole run is checked: its calls, their results, and the soft violations."""
    telegram = Telegram()
    telegram.violations.append("something soft")
    await telegram.call("getMe", {"loud": "1"})
    found = SMALL.check(telegram)
    assert ["something soft", "getMe: no parameter loud"] == found[:2]
    assert found[2].startswith("result of getMe: ")


@pytest.mark.skipif(not SPEC.exists(), reason="the Bot API's description is not at hand")
async def test_real_description() -> None:
    """The real description knows every method of the Telegram in memory, and its faults."""
    spec = Spec.load()
    assert spec
    from tests.staged.telegram import METHODS

    ours = {name.lower() for name in METHODS}
    assert set() == ours - {name.lower() for name in spec.methods}
    message: dict[str, Any] = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}}
    assert [] == spec.check_result("sendMessage", message)
    assert spec.check_result("sendMessage", message | {"chat": {"id": "1", "type": "private"}})
    assert ["sendMessage: text is missing"] == spec.check_call("sendMessage", {"chat_id": 1})
