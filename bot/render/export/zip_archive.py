"""All files of a listing in one ZIP, the same bytes for the same files."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP can name: no clock is asked
_READABLE = 0o644 << 16  # permissions of Unix, in the upper half of the attributes


def pack(files: Mapping[str, bytes]) -> bytes:
    """`files` by their names."""
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for name, content in files.items():
            entry = ZipInfo(name, _EPOCH)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = _READABLE
            archive.writestr(entry, content)
    return out.getvalue()
