"""The settings, read once at the start: the environment, then `.env`, then the defaults."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeVar, get_args
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import SettingError
from bot.models import setting_values as values

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

TELEGRAM = "https://api.telegram.org"
TELEGRAM_PORTS = (None, 443, 80, 88, 8443)  # core.telegram.org/bots/webhooks
# Counted in 64 bits, sums of them too; nobody has a use for more.
MOST_A_DAY = 1_000_000_000
MOST_CALLS = 1_000_000
# pydantic's kinds of errors, in words that follow the variable's name.
WRONG = {
    "int_parsing": "is not a whole number",
    "bool_parsing": "is neither true nor false",
    "greater_than_equal": "is below {ge}",
    "less_than_equal": "is above {le}",
    "literal_error": "is none of {expected}",
    "string_pattern_mismatch": "has not the right form",
    "value_error": "{error}",
}


def _is_blank(value: object) -> bool:
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    return isinstance(text, str) and not text.strip()


T = TypeVar("T", bound=SecretStr | str | None)
Url = Annotated[str, AfterValidator(values.address)]
OwnPath = Annotated[Path, AfterValidator(values.path)]
PersonId = Annotated[int, AfterValidator(values.person)]


class Settings(BaseSettings):
    """All settings. A field's name in capitals is its variable; secrets hide themselves."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    telegram_bot_token: SecretStr | None = Field(
        None, description="The bot's token; @BotFather gives it. `run` needs it, `chat` does not."
    )
    spotify_client_id: str | None = Field(
        None,
        description="Client id of your app on developer.spotify.com. Without it the public embed "
        "page is read.",
    )
    spotify_client_secret: SecretStr | None = Field(
        None, description="The client secret of the same app."
    )
    spotify_market: Annotated[str, AfterValidator(values.country)] = Field(
        values.COUNTRY,
        pattern=r"^[A-Z]{2}$",
        description="Two-letter country whose catalogue the Web API answers from.",
    )
    spotify_calls: int = Field(
        140,
        ge=1,
        le=MOST_CALLS,
        description="Web API calls in any 30 seconds, for all processes together; Spotify does not "
        "publish its limit, which is higher for apps with extended quota.",
    )
    spotify_embed: bool = Field(
        default=True,
        description="Read Spotify's public embed page (unofficial) when the Web API cannot answer.",
    )
    youtube_music: bool = Field(
        default=True, description="Search YouTube Music (unofficial, needs no key)."
    )
    youtube_api_key: SecretStr | None = Field(
        None,
        description="Key of the YouTube Data API (console.cloud.google.com), asked when YouTube "
        "Music has no answer; 100 searches a day.",
    )
    youtube_lookups: int = Field(
        8, ge=1, le=64, description="YouTube searches at once, for all users together."
    )
    youtube_prefer: Literal["audio", "video"] = Field(
        "audio", description="Which official recording goes first where there are both."
    )
    mongodb_uri: SecretStr | None = Field(
        None,
        description="Address of the MongoDB to use, with user and password. Without it a private "
        "mongod is started on this machine.",
    )
    mongodb_database: Annotated[str, AfterValidator(values.database)] = Field(
        "tracklink",
        pattern=r"^[A-Za-z0-9_-]{1,38}$",
        description="Name of the database: letters, digits, _ and -.",
    )
    mongod: OwnPath | None = Field(
        None, description="The mongod program to start; else the PATH, else the `embedded` extra."
    )
    tracklink_data: OwnPath = Field(
        Path("data"), description="Folder of the private mongod's data and of saved files."
    )
    quota_free: int = Field(300, ge=0, le=MOST_A_DAY, description="Tracks a day in the free plan.")
    quota_plus: int = Field(3000, ge=0, le=MOST_A_DAY, description="Tracks a day in the plus plan.")
    quota_timezone: Annotated[str, AfterValidator(values.zone)] = Field(
        "UTC", description="IANA time zone in whose midnight the day turns."
    )
    group_allowances: bool = Field(
        default=False,
        description="Give each group an allowance and bursts of its own, for its anonymous "
        "administrators. Else all of them together share 60 tracks a day.",
    )
    admin_ids: Annotated[tuple[PersonId, ...], NoDecode] = Field(
        (), description="Telegram user ids without a daily limit, separated by commas."
    )
    webhook_url: Annotated[str, AfterValidator(values.incoming)] | None = Field(
        None, description="Public https address for Telegram's updates. Without it the bot polls."
    )
    webhook_secret: SecretStr | None = Field(
        None,
        description="Secret that Telegram sends with each update, 16 to 256 letters, digits, _ and "
        "-; needed with a webhook.",
    )
    port: int = Field(
        8080, ge=0, le=65535, description="Port of the webhook and of /health; 0 for none."
    )
    web_host: str = Field(
        "127.0.0.1",
        pattern=r"^[A-Za-z0-9.:_-]{1,63}$",
        description="Address that port listens on; 0.0.0.0 for all of this machine's.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="How much is logged."
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="Log lines for people or for machines."
    )
    telegram_base_url: Url = Field(TELEGRAM, description="Base address of Telegram's Bot API.")
    spotify_api_url: Url = Field(
        "https://api.spotify.com/v1", description="Base address of Spotify's Web API."
    )
    spotify_token_url: Url = Field(
        "https://accounts.spotify.com/api/token", description="Address of Spotify's token service."
    )
    spotify_web_url: Url = Field(
        "https://open.spotify.com", description="Base address of Spotify's public pages."
    )
    youtube_music_url: Url = Field(
        "https://music.youtube.com", description="Base address of YouTube Music."
    )
    apple_music: bool = Field(
        default=True, description="Read Apple Music's links and find its pages (keyless iTunes)."
    )
    deezer: bool = Field(
        default=True, description="Read Deezer's links and find its pages (needs no key)."
    )
    itunes_api_url: Url = Field(
        "https://itunes.apple.com", description="Base address of Apple's iTunes Search API."
    )
    deezer_api_url: Url = Field(
        "https://api.deezer.com", description="Base address of Deezer's API."
    )
    youtube_api_url: Url = Field(
        "https://www.googleapis.com/youtube/v3", description="Base address of the YouTube Data API."
    )

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Blank is not set: a secret of nothing would be known to everybody."""
        stripped = {
            name: value.strip() if isinstance(value, str) else value
            for name, value in values.items()
        }
        return {name: value for name, value in stripped.items() if not _is_blank(value)}

    @field_validator("log_level", "spotify_market", mode="before")
    @classmethod
    def _in_capitals(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    @field_validator("admin_ids", mode="before")
    @classmethod
    def _split_ids(cls, value: Any) -> Any:
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @field_validator(*values.FORMS)
    @classmethod
    def _well_formed(cls, value: T, field: ValidationInfo) -> T:
        if value:
            text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            values.formed(str(field.field_name), text)
        return value

    @model_validator(mode="after")
    def _whole_spotify_app(self) -> Self:
        if bool(self.spotify_client_id) != bool(self.spotify_client_secret):
            missing = "SECRET" if self.spotify_client_id else "ID"
            raise ValueError(
                f"SPOTIFY_CLIENT_{missing} is missing: copy both the client id and the client "
                "secret of your app on developer.spotify.com, or set neither."
            )
        return self

    @model_validator(mode="after")
    def _whole_webhook(self) -> Self:
        if self.webhook_url is None:
            return self
        if self.webhook_secret is None:
            raise ValueError(
                "WEBHOOK_SECRET is missing: with WEBHOOK_URL set, choose 32 letters and digits for "
                "it, so that only Telegram can send updates."
            )
        parts = urlsplit(self.webhook_url)
        if self.telegram_base_url == TELEGRAM and parts.scheme != "https":
            raise ValueError("WEBHOOK_URL begins with http: Telegram sends updates to https only.")
        if self.telegram_base_url == TELEGRAM and parts.port not in TELEGRAM_PORTS:
            raise ValueError("WEBHOOK_URL: Telegram sends updates to ports 443, 80, 88, 8443 only.")
        if self.port == 0:
            raise ValueError("PORT is 0: with WEBHOOK_URL set, say on which port updates arrive.")
        return self

    @property
    def bot_token(self) -> str:
        """Raises SettingError when there is none: only `run` needs it."""
        if self.telegram_bot_token is None:
            raise SettingError(
                "TELEGRAM_BOT_TOKEN is missing: send /newbot to @BotFather in Telegram and put the "
                "token that it gives you into .env or the environment."
            )
        return self.telegram_bot_token.get_secret_value()


def load(**overrides: Any) -> Settings:
    """The settings of this process. Raises SettingError with a sentence that names the variable."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise SettingError(_sentence(error.errors(include_url=False)[0])) from None
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise SettingError(f".env cannot be read: {reason}.") from None


def _sentence(error: ErrorDetails) -> str:
    """What is wrong with which variable, and what it is for. Values of secrets are left out."""
    if not error["loc"]:
        return str(error["ctx"]["error"])
    name = str(error["loc"][0])
    field = Settings.model_fields[name]
    said = "" if SecretStr in get_args(field.annotation) else f': "{error["input"]}"'
    known = WRONG.get(error["type"])
    wrong = known.format_map(error.get("ctx", {})) if known else error["msg"]
    return f"{name.upper()} {wrong}{said}. {field.description}"


def sample_settings() -> Settings:
    """The settings for made-up music: every sample source on, nothing of a real set-up touched."""
    settings = load()
    return settings.model_copy(
        update={
            "spotify_client_id": "sample",
            "spotify_client_secret": SecretStr("sample"),
            "spotify_embed": True,
            "youtube_music": True,
            "apple_music": True,
            "deezer": True,
            "youtube_api_key": None,
            "mongodb_database": f"{settings.mongodb_database}_sample",
        }
    )
