"""The `fields` parameter of playlist calls."""

from typing import Any

import pytest

from bot.sandbox.services.spotify import only_fields, wanted_fields

BODY: dict[str, Any] = {
    "total": 2,
    "href": "x",
    "items": [
        {"added_by": {"id": "me", "type": "user"}, "item": {"name": "One", "id": "1"}},
        {"added_by": {"id": "you", "type": "user"}, "item": None},
    ],
}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("", BODY),
        ("total", {"total": 2}),
        ("total,href", {"total": 2, "href": "x"}),
        ("items(item(name))", {"items": [{"item": {"name": "One"}}, {"item": None}]}),
        ("items.item.id,total", {"items": [{"item": {"id": "1"}}, {"item": None}], "total": 2}),
        (
            "items(added_by.id,item(id))",
            {
                "items": [
                    {"added_by": {"id": "me"}, "item": {"id": "1"}},
                    {"added_by": {"id": "you"}, "item": None},
                ]
            },
        ),
        ("nothing(of,this)", {}),
    ],
)
def test_only_what_is_asked_for_is_left(asked: str, expected: dict[str, Any]) -> None:
    """Brackets and dots name parts of parts, in lists for each row; without fields all stays."""
    assert expected == only_fields(BODY, wanted_fields(asked))
