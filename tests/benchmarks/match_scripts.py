"""`python -m tests.benchmarks.match_scripts`: what each installed transliterator is good for.

The matcher with another transliterator in the place of anyascii, its weights as they are. Install
Unidecode and text-unidecode beside it to compare. On 2026-11-20, over the public cases (macro; and
the lenient accuracy of those tagged with a script of their own):

| | accuracy | false accepts | other scripts | a title | licence | on disk |
|---|---|---|---|---|---|---|
| anyascii 0.3.3 | .976 | .010 | .940 | 5.1 µs | ISC | 2.6 MB |
| Unidecode 1.4.0 | .975 | .010 | .928 | 10.9 µs | GPL-2.0-or-later | 2.1 MB |
| text-unidecode 1.3 | .975 | .010 | .928 | 6.3 µs | Artistic or GPL | 0.3 MB |
"""

from __future__ import annotations

import importlib
import time
from typing import TYPE_CHECKING, Final

from bot.youtube.matching import lexicon, text
from tests.benchmarks import match_bench, match_cases
from tests.benchmarks.match_figures import Figures

if TYPE_CHECKING:
    from collections.abc import Callable

TRANSLITERATORS: Final = (
    ("anyascii", "anyascii"),
    ("unidecode", "unidecode"),
    ("text_unidecode", "unidecode"),
)
SCRIPTS: Final = frozenset(
    (
        *("cross_script", "lang:arabic", "lang:cjk", "lang:cyrillic", "lang:hebrew"),
        *("lang:indic", "lang:japanese", "lang:korean", "lang:turkish", "x_translit"),
    ),
)


def measure(name: str, transliterate: Callable[[str], str]) -> str:
    cases = match_cases.load()
    setattr(text, "anyascii", transliterate)  # noqa: B010  # a name that is imported, not a field
    lexicon.lexicon.cache_clear()
    answers = match_bench.answers(cases)
    scripts = Figures.of([a for a in answers if not SCRIPTS.isdisjoint(a.case.tags)])
    macro = Figures.macro(answers)
    titles = [one.title for case in cases for one in case.candidates if not one.title.isascii()]
    begun = time.perf_counter()
    for title in titles:
        transliterate(title)
    each = (time.perf_counter() - begun) / len(titles) * 1e6
    shares = (macro.accuracy, macro.false_accepts, scripts.lenient)
    return " | ".join((name, *(f"{share or 0:.3f}" for share in shares), f"{each:.1f} µs a title"))


def main() -> None:
    for module, function in TRANSLITERATORS:
        try:
            found = getattr(importlib.import_module(module), function)
        except ImportError:
            print(f"{module} is not installed")
        else:
            print(measure(module, found))


if __name__ == "__main__":
    main()
