"""Proxies and certificates of the environment that cannot work end the start, by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import certifi
import pytest

from bot.config import load
from bot.errors import SettingError
from bot.net.environment import CERTIFICATES, PROXIES, check_environment
from bot.net.network import Network

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An environment that says nothing of either."""
    for name in (*CERTIFICATES, *(f"{each}_proxy" for each in PROXIES)):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return iter(())


@pytest.mark.parametrize("name", CERTIFICATES)
@pytest.mark.parametrize("path", ["nowhere.pem", "empty.pem"])
def test_certificates(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, path: str
) -> None:
    """A file that is not there, and one without a certificate, are named with their variable."""
    monkeypatch.chdir(tmp_path)
    Path("empty.pem").write_text("")
    monkeypatch.setenv(name, path)
    with pytest.raises(SettingError, match=rf"^{name}: no certificates can be read at {path}"):
        check_environment()


@pytest.mark.parametrize("name", CERTIFICATES)
@pytest.mark.parametrize("path", [certifi.where(), f"/nowhere:{Path(certifi.where()).parent}"])
def test_good_certificates(monkeypatch: pytest.MonkeyPatch, name: str, path: str) -> None:
    """A bundle, or folders of which one is there."""
    monkeypatch.setenv(name, path)
    check_environment()


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ("http://:secret@", "is not an address such as"),
        ("http://proxy:99999", "is not an address such as"),
        ("http://", "is not an address such as"),
        ("ftp://me:secret@proxy:21", ": a proxy of the kind ftp cannot be used"),
        ("socks5://me:secret@proxy:1080", ": a proxy of the kind socks5 cannot be used"),
    ],
)
def test_proxies(monkeypatch: pytest.MonkeyPatch, address: str, wrong: str) -> None:
    """What cannot be one is named, and its password is not repeated."""
    monkeypatch.setenv("https_proxy", address)
    with pytest.raises(SettingError, match=rf"^HTTPS_PROXY ?{wrong}") as caught:
        Network(load(_env_file=None))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("address", ["http://me:pw@proxy:3128", "proxy:3128", "https://proxy"])
def test_good_proxies(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """With or without a scheme, a user, a port."""
    monkeypatch.setenv("ALL_PROXY", address)
    check_environment()
