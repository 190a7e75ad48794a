"""The template of the gettext catalogues, `bot/locales/tracklink.pot`: made from the code.

python -m tests.tools.catalogue           write it
python -m tests.tools.catalogue --check   fail when it is not current
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "bot" / "locales" / "tracklink.pot"
KEYWORDS = {"gettext": None, "plain": None, "marked": None, "ngettext": (1, 2)}


def messages() -> Catalog:
    """Every sentence of the code, in the order of the files."""
    catalogue = Catalog(project="tracklink", creation_date=datetime(2026, 1, 1, tzinfo=UTC))
    found = extract_from_dir(ROOT / "bot", [("**.py", "python")], keywords=KEYWORDS)
    for name, _, message, comments, _ in sorted(found, key=lambda each: each[:2]):
        catalogue.add(message, None, [(f"bot/{name}", 0)], auto_comments=comments)
    return catalogue


def template() -> bytes:
    out = BytesIO()
    write_po(out, messages(), width=100, omit_header=True, no_location=True)
    return out.getvalue()


def main() -> int:
    if "--check" not in sys.argv:
        TEMPLATE.write_bytes(template())
        return 0
    if TEMPLATE.is_file() and TEMPLATE.read_bytes() == template():
        return 0
    print(f"{TEMPLATE.relative_to(ROOT)} is not current: run `make docs`.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
