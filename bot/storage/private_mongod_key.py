"""Who may use a private mongod: who can read the key in its folder, and no other local user.

The key is the password of the one user, and of mongod's own internal user, as which that one is
made: so a folder from before there was a key, or with a lost one, gets its user at the next start.
The bot is no internal user, as MongoDB's own defaults of what is written how surely hold for
people's connections only.
"""

from __future__ import annotations

import os
import re
import secrets
from typing import TYPE_CHECKING, Any

from pymongo.errors import OperationFailure

if TYPE_CHECKING:
    from pathlib import Path

    from pymongo import MongoClient

HOST = "127.0.0.1"
USER, INTERNAL_USER = "tracklink", "__system"
ROLES = ["root"]  # the whole server is the folder's owner's

_FORM = re.compile(r"[0-9a-f]{64}")
_NO_SUCH_USER = 11


def key_file(folder: Path) -> Path:
    return folder / "key"


def make_key(folder: Path) -> None:
    """A random key where there is none, for the owner alone, as mongod demands. Raises OSError."""
    file = key_file(folder)
    if _FORM.fullmatch(_read(file)):
        file.chmod(0o600)
        return
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
        written.write(secrets.token_hex(32))
    new.replace(file)


def address(folder: Path, port: int, *, internal: bool = False) -> str:
    """Of the mongod on that folder, for its user or for its internal one."""
    user, source = (INTERNAL_USER, "local") if internal else (USER, "admin")
    key = _read(key_file(folder))
    return f"mongodb://{user}:{key}@{HOST}:{port}/?directConnection=true&authSource={source}"


def make_user(client: MongoClient[dict[str, Any]], folder: Path) -> None:
    """The user, with the folder's key; `client` is the internal user's. Raises PyMongoError."""
    user: dict[str, Any] = {"pwd": _read(key_file(folder)), "roles": ROLES}
    try:
        client.admin.command("updateUser", USER, **user)
    except OperationFailure as error:
        if error.code != _NO_SUCH_USER:
            raise
        client.admin.command("createUser", USER, **user)


def _read(file: Path) -> str:
    try:
        return file.read_text(errors="replace").strip()
    except FileNotFoundError:
        return ""
