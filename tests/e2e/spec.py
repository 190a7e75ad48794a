"""Holds calls, results and updates against the machine-readable description of the Bot API."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types

if TYPE_CHECKING:
    from collections.abc import Collection

    from tests.staged.telegram import Telegram

SPEC = Path(__file__).parents[3] / "shared" / "specs" / "telegram-bot-api-10.1.json"
PLAIN = {
    "Integer": {"type": "integer"},
    "Float": {"type": "number"},
    "String": {"type": "string"},
    "Boolean": {"type": "boolean"},
    "True": {"const": True},
    "InputFile": {"type": "string"},
}
ARRAY = "Array of "


class Spec:
    """The Bot API as its description has it. Checks give their complaints as sentences."""

    def __init__(self, description: dict[str, Any]) -> None:
        self.methods: dict[str, Any] = description["methods"]
        self.types: dict[str, Any] = description["types"]
        self._validators: dict[str, Draft202012Validator] = {}
        # Most calls are made by every bot that a test starts: each is held against it once.
        self._known: dict[tuple[str, str], list[str]] = {}

    @classmethod
    def load(cls) -> Spec | None:
        """None where the description does not lie beside the repository."""
        return cls(json.loads(SPEC.read_text())) if SPEC.exists() else None

    def check_call(
        self, method: str, params: dict[str, Any], files: Collection[str] = ()
    ) -> list[str]:
        if method not in self.methods:
            return [f"{method}: no such method"]
        fields = {field["name"]: field for field in self.methods[method].get("fields", [])}
        attached = [f"attach://{name}" for name in files]
        given = set(params) | {name for name in files if name in fields}
        missing = [
            name for name, field in fields.items() if field["required"] and name not in given
        ]
        return [
            *(f"{method}: {name} is missing" for name in missing),
            *(f"{method}: no parameter {name}" for name in sorted(set(params) - set(fields))),
            *(
                f"{method}.{name}: {complaint}"
                for name, value in params.items()
                if name in fields and value not in attached
                for complaint in self._complaints(fields[name]["types"], value)
            ),
        ]

    def check_result(self, method: str, result: Any) -> list[str]:
        found = self._complaints(self.methods[method]["returns"], result)
        return [f"result of {method}: {complaint}" for complaint in found]

    def check_update(self, update: dict[str, Any]) -> list[str]:
        return [f"update: {complaint}" for complaint in self._complaints(["Update"], update)]

    def check(self, telegram: Telegram) -> list[str]:
        """All calls of a run, with the results of those that had one, and its soft violations."""
        found = list(telegram.violations)
        for call in telegram.calls:
            found += self.check_call(call.method, call.params, call.files)
            if call.error is None:
                found += self.check_result(call.method, call.result)
        return found

    @cached_property
    def _definitions(self) -> dict[str, Any]:
        return {name: self._object(kind) for name, kind in self.types.items()} | PLAIN

    def _object(self, kind: dict[str, Any]) -> dict[str, Any]:
        if kind.get("subtypes"):
            return _any_of(kind["subtypes"])
        fields = kind.get("fields", [])
        return {
            "type": "object",
            "properties": {field["name"]: _any_of(field["types"]) for field in fields},
            "required": [field["name"] for field in fields if field["required"]],
            "additionalProperties": False,
        }

    def _complaints(self, types: list[str], value: Any) -> list[str]:
        kind, written = " or ".join(types), repr(value)
        if (kind, written) not in self._known:
            errors = self._validator(kind, types).iter_errors(value)
            found = [f"{error.json_path}: {error.message[:300]}" for error in errors]
            self._known[kind, written] = found
        return self._known[kind, written]

    def _validator(self, kind: str, types: list[str]) -> Draft202012Validator:
        if kind not in self._validators:
            schema = _any_of(types) | {"$defs": self._definitions}
            self._validators[kind] = Draft202012Validator(schema)
        return self._validators[kind]


def _any_of(types: list[str]) -> dict[str, Any]:
    schemas = [_schema(kind) for kind in types]
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _schema(kind: str) -> dict[str, Any]:
    if kind.startswith(ARRAY):
        return {"type": "array", "items": _schema(kind.removeprefix(ARRAY))}
    return {"$ref": f"#/$defs/{kind}"}
