"""The gettext catalogues in `bot/render/locales`: the code's template and the languages.

python -m tests.tools.catalogue           write the template, bring the languages up to it
python -m tests.tools.catalogue --check   fail when one is not current

A sentence that is new stands in each language's file without a translation, until somebody
writes it there; tests/render/test_locales.py fails as long as one is missing.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
LOCALES = ROOT / "bot" / "render" / "locales"
TEMPLATE = LOCALES / "tracklink.pot"
KEYWORDS = {"gettext": None, "plain": None, "marked": None, "ngettext": (1, 2)}


@cache
def found() -> list[tuple[str, Any, list[str]]]:
    """Every sentence of the code with its file and comments, in the order of the files."""
    places = extract_from_dir(ROOT / "bot", [("**.py", "python")], keywords=KEYWORDS)
    rows = sorted(places, key=lambda each: each[:2])
    return [(name, message, comments) for name, _, message, comments, _ in rows]


def messages() -> Catalog:
    """A catalogue of all sentences, without translations."""
    catalogue = Catalog(
        project="tracklink",
        version="1",
        creation_date=datetime(2026, 1, 1, tzinfo=UTC),
        msgid_bugs_address="-",
        last_translator="-",
        language_team="-",
    )
    for name, message, comments in found():
        catalogue.add(message, None, [(f"bot/{name}", 0)], auto_comments=comments)
    return catalogue


def template() -> bytes:
    return _written(messages(), omit_header=True)


def sources() -> list[Path]:
    """The file of each language."""
    return sorted(LOCALES.glob("*/LC_MESSAGES/tracklink.po"))


def translated(source: Path) -> Catalog:
    """A language's catalogue as it stands in its file."""
    language = source.parent.parent.name.replace("-", "_")
    return read_po(BytesIO(source.read_bytes()), locale=language, abort_invalid=True)


def updated(source: Path) -> bytes:
    """A language's file with the sentences of today, in their order."""
    old, new = translated(source), messages()
    new.locale = old.locale
    # Translations stand in the order of the file's own rule, which Babel's of today may not be.
    new.mime_headers = [("Plural-Forms", old.plural_forms)]
    for message in new:
        kept = old.get(message.id) if message.id else None
        if kept is not None:
            message.string = kept.string
    new.fuzzy = False
    new.header_comment = ""
    return _written(new)


def _written(catalogue: Catalog, *, omit_header: bool = False) -> bytes:
    out = BytesIO()
    write_po(out, catalogue, width=100, omit_header=omit_header, no_location=True)
    return out.getvalue()


def main() -> int:
    wanted = {TEMPLATE: template()} | {source: updated(source) for source in sources()}
    if "--check" not in sys.argv:
        for path, text in wanted.items():
            path.write_bytes(text)
        return 0
    old = [path for path, text in wanted.items() if not path.is_file() or path.read_bytes() != text]
    for path in old:
        print(f"{path.relative_to(ROOT)} is not current: run `make docs`.", file=sys.stderr)
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main())
