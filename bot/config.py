"""The settings, read once at the start: the environment, then `.env`, then the defaults."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import SettingError

Url = Annotated[str, Field(pattern=r"^https?://[^\s/]+(/[^\s]*)?$")]


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
    spotify_market: str = Field(
        "US",
        pattern=r"^[A-Z]{2}$",
        description="Two-letter country whose catalogue the Web API answers from.",
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
        description="Key of the YouTube Data API, asked when YouTube Music has no answer; "
        "100 searches a day.",
    )
    youtube_lookups: int = Field(
        8, ge=1, le=64, description="YouTube searches at once, for all users together."
    )
    mongodb_uri: SecretStr | None = Field(
        None,
        description="MongoDB to use. Without it a private mongod is started on this machine.",
    )
    mongodb_database: str = Field(
        "tracklink", pattern=r"^[A-Za-z0-9_-]{1,38}$", description="Name of the database."
    )
    mongod: Path | None = Field(
        None, description="The mongod program to start; else the PATH, else the `embedded` extra."
    )
    tracklink_data: Path = Field(
        Path("data"), description="Folder of the private mongod's data and of saved files."
    )
    quota_free: int = Field(300, ge=0, description="Tracks a day in the free plan.")
    quota_plus: int = Field(3000, ge=0, description="Tracks a day in the plus plan.")
    quota_timezone: str = Field(
        "UTC", description="IANA time zone in whose midnight the day turns."
    )
    admin_ids: Annotated[tuple[int, ...], NoDecode] = Field(
        (), description="Telegram user ids without a daily limit, separated by commas."
    )
    webhook_url: Url | None = Field(
        None, description="Public https address for Telegram's updates. Without it the bot polls."
    )
    webhook_secret: SecretStr | None = Field(
        None, description="Secret that Telegram sends with each update; needed with a webhook."
    )
    port: int = Field(
        8080, ge=0, le=65535, description="Port of the webhook and of /health; 0 for none."
    )
    web_host: str = Field(
        "127.0.0.1", description="Address that port listens on; 0.0.0.0 for all of this machine's."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="How much is logged."
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="Log lines for people or for machines."
    )
    telegram_base_url: Url = Field(
        "https://api.telegram.org", description="Base address of Telegram's Bot API."
    )
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
    youtube_api_url: Url = Field(
        "https://www.googleapis.com/youtube/v3", description="Base address of the YouTube Data API."
    )

    @field_validator("admin_ids", mode="before")
    @classmethod
    def _split_ids(cls, value: Any) -> Any:
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @field_validator("quota_timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("is not an IANA time zone such as Europe/Istanbul") from None
        return value

    @field_validator("*", mode="after")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        is_url = isinstance(value, str) and value.startswith(("http://", "https://"))
        return value.rstrip("/") if is_url else value

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.quota_timezone)


def load(**overrides: Any) -> Settings:
    """The settings of this process. Raises SettingError with a sentence that names the variable."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "The settings"
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingError(f"{name}: {reason}.") from None
