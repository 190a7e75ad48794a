"""What the clients of HTTP read of the environment beside the settings: proxies and certificates.

What could never work is refused by its name, once, before it would fail each request.
"""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies

from bot.errors import SettingError

# The first two are httpx's, the others requests'.
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
PROXIES = ("http", "https", "all")


def check_environment() -> None:
    """Raises SettingError."""
    for name in CERTIFICATES:
        if value := os.environ.get(name):
            _check_certificates(name, value)
    found = getproxies()
    for name in PROXIES:
        if address := found.get(name):
            _check_proxy(f"{name.upper()}_PROXY", address)


def _check_certificates(name: str, value: str) -> None:
    if any(Path(folder).is_dir() for folder in value.split(os.pathsep)):
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(value)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise SettingError(f"{name}: no certificates can be read at {value} ({why}).") from None


def _check_proxy(name: str, address: str) -> None:
    """Without the address in the error, which may hold a password."""
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if not whole:
        raise SettingError(f"{name} is not an address such as http://proxy.example.org:3128.")
    if parts.scheme not in ("http", "https"):  # aiohttp speaks no other
        raise SettingError(f"{name}: a proxy of the kind {parts.scheme} cannot be used, but http.")
