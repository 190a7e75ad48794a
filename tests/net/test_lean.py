from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module

import pytest

from bot.net.lean import without

RUN = """
import sys
from bot import cli
cli._settings = lambda: None
cli._finish = lambda work: work.close()
cli.run()
from bot.net.lean import without
with without("redis", RedisError=ConnectionError):
    import bot.spotify.api
import bot.config
bot.config.load(_env_file=None)
import babel.localedata
import requests
answer = requests.Response()
answer._content = "Björk".encode()
assert answer.text == "Björk"
print(*babel.localedata._cache, *{name.partition(".")[0] for name in sys.modules})
"""


def test_a_module_is_away_for_a_moment() -> None:
    """Who tries to import it does without, or takes what stands in for it; then it is there."""
    with without("this"), pytest.raises(ImportError):
        import_module("this")
    with without("this", Zen=int):
        assert int is import_module("this").Zen

    assert "this" not in sys.modules


def test_what_is_there_stays() -> None:
    """Nobody who holds a module gets another."""
    with without("json"):
        assert json is import_module("json")


def test_a_bot_at_rest_holds_what_it_uses() -> None:
    """The libraries and tables of lists, pages and pictures come with the first of them."""
    done = subprocess.run([sys.executable, "-c", RUN], capture_output=True, text=True, check=True)

    unused = {"rich", "pygments", "redis", "jinja2", "charset_normalizer", "ytmusicapi", "en"}
    assert set() == unused & set(done.stdout.split())
