from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from bot.config import Settings, load, sample_settings
from bot.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "123456789:" + "A" * 35
SECRET = "sixteen-letters-"
SECRETS = ("telegram_bot_token", "spotify_client_secret", "youtube_api_key", "mongodb_uri")


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """An environment in which nobody has set anything, and a folder without `.env`."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(name, raising=False)
    return iter(())


def refusal(**values: Any) -> str:
    with pytest.raises(SettingError) as caught:
        load(**values)
    return str(caught.value)


def test_nothing_is_needed() -> None:
    """Without any setting the defaults of the README hold."""
    settings = load()

    assert settings.telegram_bot_token is None
    assert 8 == settings.youtube_lookups
    assert Path("data") == settings.tracklink_data
    assert "UTC" == settings.quota_timezone


def test_the_environment_beats_the_env_file_beats_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is set for one process wins over what is written down for all of them."""
    Path(".env").write_text("QUOTA_FREE=10\nQUOTA_PLUS=20\n")
    monkeypatch.setenv("QUOTA_FREE", "11")

    settings = load()

    assert (11, 20, 8080) == (settings.quota_free, settings.quota_plus, settings.port)


@pytest.mark.parametrize("blank", ["", "  ", "\t\n"])
@pytest.mark.parametrize("name", [*SECRETS, "webhook_secret", "webhook_url", "mongod", "port"])
def test_a_blank_variable_is_an_unset_one(
    monkeypatch: pytest.MonkeyPatch, name: str, blank: str
) -> None:
    """Compose files pass on what nobody set; a space as a secret would be known to everybody."""
    monkeypatch.setenv(name.upper(), blank)

    assert Settings.model_fields[name].default == getattr(load(), name)


def test_a_blank_webhook_secret_is_a_missing_one() -> None:
    """It would let everybody send updates."""
    for blank in ("  ", SecretStr(""), SecretStr(" ")):
        sentence = refusal(webhook_url="https://bot.example.org", webhook_secret=blank)
        assert sentence.startswith("WEBHOOK_SECRET is missing: with WEBHOOK_URL")


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("admin_ids", "1, 2 3", (1, 2, 3)),
        ("admin_ids", "", ()),
        ("log_level", "debug", "DEBUG"),
        ("mongod", "~/mongod", Path.home() / "mongod"),
        ("quota_timezone", "Europe/Istanbul ", "Europe/Istanbul"),
        ("spotify_embed", "off", False),
        ("spotify_market", "tr", "TR"),
        ("spotify_web_url", "http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("telegram_bot_token", f" {TOKEN}\n", SecretStr(TOKEN)),
        ("tracklink_data", "/srv/data", Path("/srv/data")),
    ],
)
def test_a_value_is_kept_in_the_form_that_the_program_uses(
    monkeypatch: pytest.MonkeyPatch, name: str, given: str, kept: object
) -> None:
    """People write a setting in several ways that mean the same."""
    monkeypatch.setenv(name.upper(), given)

    assert kept == getattr(load(), name)


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("port", "http", 'PORT is not a whole number: "http"'),
        ("port", "99999", 'PORT is above 65535: "99999"'),
        ("youtube_lookups", "0", 'YOUTUBE_LOOKUPS is below 1: "0"'),
        ("youtube_music", "maybe", 'YOUTUBE_MUSIC is neither true nor false: "maybe"'),
        ("log_format", "xml", "LOG_FORMAT is none of 'text' or 'json': \"xml\""),
        ("spotify_market", "USA", 'SPOTIFY_MARKET has not the right form: "USA"'),
        ("admin_ids", "1,me", 'ADMIN_IDS is not a whole number: "me"'),
        ("youtube_api_url", "google", "YOUTUBE_API_URL is not an address such as https://exa"),
        ("quota_timezone", "Mars", "QUOTA_TIMEZONE is not an IANA time zone such as Europe"),
        ("quota_timezone", "../etc", "QUOTA_TIMEZONE is not an IANA time zone such as Europe"),
        ("mongodb_database", "a.b", 'MONGODB_DATABASE has not the right form: "a.b"'),
        ("mongodb_database", "local", "MONGODB_DATABASE is one of MongoDB's own databases: \"loc"),
        ("mongodb_database", "Admin", "MONGODB_DATABASE is one of MongoDB's own databases: \"Adm"),
        ("quota_free", str(2**63), 'QUOTA_FREE is above 1000000000: "9223372036854775808"'),
        ("quota_plus", "9" * 30, "QUOTA_PLUS is above 1000000000:"),
        ("quota_plus", "-1", 'QUOTA_PLUS is below 0: "-1"'),
        ("spotify_calls", str(2**64), "SPOTIFY_CALLS is above 1000000:"),
        ("admin_ids", "1, -1001234567890", "ADMIN_IDS holds what is no person's id (those of gr"),
        ("admin_ids", "0", "ADMIN_IDS holds what is no person's id"),
        ("admin_ids", str(2**52), "ADMIN_IDS holds what is no person's id"),
        ("spotify_market", "UK", 'SPOTIFY_MARKET is no country\'s code, such as GB: "UK"'),
        ("spotify_client_id", "ïd", "SPOTIFY_CLIENT_ID holds blanks or other signs than ASCII"),
        ("web_host", "ho st", 'WEB_HOST has not the right form: "ho st"'),
        ("spotify_web_url", "https://a.test:99999", "SPOTIFY_WEB_URL is not an address such as"),
        ("spotify_web_url", "https://me:pw@a.test", "SPOTIFY_WEB_URL is not an address such as"),
        ("spotify_web_url", "https://ä.test", "SPOTIFY_WEB_URL is not an address such as"),
        ("deezer_api_url", "https://a.test/v1?x=1", "DEEZER_API_URL is not an address such as"),
        ("mongod", "~nobody-of-that-name/mongod", "MONGOD begins at the home of somebody who"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_wrong_and_what_it_is_for(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, wrong: str
) -> None:
    """One line is enough to mend a setting."""
    monkeypatch.setenv(name.upper(), value)

    sentence = refusal()

    assert sentence.startswith(wrong)
    assert sentence.endswith(f". {Settings.model_fields[name].description}")


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("telegram_bot_token", f'"{TOKEN}"', "is not a whole bot token"),
        ("telegram_bot_token", "no-token-at-all", "is not a whole bot token"),
        ("webhook_secret", "pässwörd-of-many-letters", "is not 16 to 256 letters"),
        ("webhook_secret", SECRET[1:], "is not 16 to 256 letters"),
        ("telegram_bot_token", f"١٢٣٤:{TOKEN[10:]}", "is not a whole bot token"),
        ("youtube_api_key", "clé", "holds blanks or other signs than ASCII"),
    ],
)
def test_a_wrong_secret_is_not_repeated(name: str, value: str, wrong: str) -> None:
    """Error lines end up in logs and chats."""
    sentence = refusal(**{name: value})

    assert f"{name.upper()} {wrong}" in sentence
    assert value.strip('"') not in sentence


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"spotify_client_id": "a"}, "SPOTIFY_CLIENT_SECRET is missing: copy both"),
        ({"spotify_client_secret": "a"}, "SPOTIFY_CLIENT_ID is missing: copy both"),
        ({"webhook_url": "https://bot.example.org"}, "WEBHOOK_SECRET is missing: with WEBHOOK_URL"),
        (
            {"webhook_url": "https://bot.example.org", "webhook_secret": SECRET, "port": 0},
            "PORT is 0: with WEBHOOK_URL set",
        ),
        (
            {"webhook_url": "http://bot.example.org", "webhook_secret": SECRET},
            "WEBHOOK_URL begins with http: Telegram sends",
        ),
        (
            {"webhook_url": "https://bot.example.org:8080/", "webhook_secret": SECRET},
            "WEBHOOK_URL: Telegram sends updates to ports 443, 80, 88, 8443 only",
        ),
    ],
)
def test_settings_that_need_each_other_come_together(values: dict[str, Any], wrong: str) -> None:
    """Half of a pair is a slip; the sentence says which half to add."""
    assert refusal(**values).startswith(wrong)


def test_a_server_of_ones_own_may_send_updates_over_http() -> None:
    """Only Telegram's own servers insist on https."""
    settings = load(
        webhook_url="http://127.0.0.1:8080/in",
        webhook_secret=SECRET,
        telegram_base_url="http://127.0.0.1:8081",
    )

    assert "http://127.0.0.1:8080/in" == settings.webhook_url


def test_a_path_with_a_null_sign_is_none() -> None:
    """A `.env` can hold one, the environment cannot."""
    assert refusal(tracklink_data="a\0b").startswith("TRACKLINK_DATA is not a path")


def test_the_hook_may_have_a_query() -> None:
    """Only addresses that paths are put behind may not."""
    url = "https://bot.example.org/hook?bot=1"
    assert url == load(webhook_url=url, webhook_secret=SECRET).webhook_url


def test_a_missing_token_is_asked_for_with_the_way_to_get_it() -> None:
    """Only `run` needs the token, so it is missed where it is used."""
    with pytest.raises(SettingError, match=r"^TELEGRAM_BOT_TOKEN is missing: send /newbot to @Bot"):
        _ = load().bot_token

    assert TOKEN == load(telegram_bot_token=TOKEN).bot_token


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_hides_itself(name: str) -> None:
    """A printed settings object gives nothing away."""
    hidden = f"12:{name}-and-nobody-knows"
    values = {"spotify_client_id": "x", "spotify_client_secret": "y", name: hidden}

    assert hidden not in repr(load(**values))


def test_an_env_file_that_is_not_text_is_said_so() -> None:
    """The error names the file, not a byte position in it."""
    Path(".env").write_bytes(b"PORT=\xff\xfe\n")

    assert ".env cannot be read: it is not UTF-8 text." == refusal()


def test_an_env_file_that_cannot_be_opened_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A `.env` of another user is no traceback either."""

    def closed(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("dotenv.main.open", closed, raising=False)
    Path(".env").write_text("PORT=1\n")

    assert ".env cannot be read: Permission denied." == refusal()


def test_a_value_of_a_type_that_no_variable_has_is_refused_in_pydantics_words() -> None:
    """Only tests and callers in Python can give such a value."""
    assert refusal(quota_timezone=1).startswith(
        'QUOTA_TIMEZONE Input should be a valid string: "1"'
    )


def test_a_trial_with_samples_touches_nothing_of_a_real_set_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both sources are on, no real key is used, and its data stand in a database of their own."""
    monkeypatch.setenv("YOUTUBE_API_KEY", "a-real-key")
    monkeypatch.setenv("SPOTIFY_EMBED", "off")

    settings = sample_settings()

    assert (True, None) == (settings.spotify_embed, settings.youtube_api_key)
    assert "sample" == settings.spotify_client_id
    assert "tracklink_sample" == settings.mongodb_database
