"""The parsers of `tests.fuzz.targets` under a fuzzer that follows the coverage of their code.

    make fuzz ARGS=-max_total_time=600

Arguments are libFuzzer's. Inputs that reached something new are kept in build/fuzz/corpus, an
input that raises is written to build/fuzz. The first byte of an input chooses the parser.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris  # installed by `make fuzz`, into a folder of its own

with atheris.instrument_imports(include=["bot"]):
    from tests.fuzz.targets import TARGETS, run

WORK = Path("build/fuzz")
LONGEST = 2000


def one(data: bytes) -> None:
    if data:
        run(TARGETS[data[0] % len(TARGETS)], data[1:])


def main() -> None:
    corpus = WORK / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    options = [f"-artifact_prefix={WORK}/", f"-max_len={LONGEST}", *sys.argv[1:]]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
