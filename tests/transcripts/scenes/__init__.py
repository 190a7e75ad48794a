"""Every surface of the chat, scene by scene: each has a transcript of its own in `golden/`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.transcripts.scenes import asking, lists, places, talking, trouble
from tests.transcripts.seams import EMBED_ONLY, WITH_DATA_API, WITHOUT_MUSIC

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.transcripts.scene import Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What is played, with which settings changed, and whether Telegram's privacy mode is on."""

    play: Callable[[Scene], Awaitable[None]]
    changes: dict[str, Any] = field(default_factory=dict)
    privacy: bool = False


SCENES = {
    "commands": Act(play=talking.commands),
    "settings": Act(play=talking.settings),
    "forget": Act(play=talking.forget),
    "quota": Act(play=talking.quota, changes={"quota_free": 20}),
    "quota_used_up_by_one_list": Act(play=talking.quota_of_a_long_list, changes={"quota_free": 60}),
    **{
        f"language_{tag}": Act(play=partial(talking.language, tag=tag), changes={"quota_free": 8})
        for tag in talking.LANGUAGES
    },
    "links": Act(play=asking.links),
    "links_that_lead_nowhere": Act(play=asking.nowhere),
    "several_links": Act(play=asking.several),
    "bursts": Act(play=asking.bursts),
    "deep_links": Act(play=asking.deep_links),
    "search": Act(play=asking.search),
    "inline": Act(play=asking.inline),
    "uploads": Act(play=asking.uploads),
    "listing": Act(play=lists.listing),
    "listing_that_runs": Act(play=lists.running),
    "listing_that_is_slow": Act(play=lists.slow),
    "listing_of_many": Act(play=lists.many),
    "exports": Act(play=lists.exports),
    "fixes": Act(play=lists.fixes),
    "fixes_of_three": Act(play=lists.fixes_of_three),
    "history": Act(play=lists.history),
    "old_buttons": Act(play=lists.old_buttons),
    "platforms": Act(play=lists.platforms),
    "group": Act(play=places.group),
    "group_settings": Act(play=places.group_settings),
    "group_comes_and_goes": Act(play=places.membership),
    "group_with_privacy_mode": Act(play=places.privacy_mode, privacy=True),
    "restart": Act(play=trouble.restart),
    "store": Act(play=trouble.store),
    "store_and_a_running_list": Act(play=trouble.store_and_a_running_list),
    "trouble_at_telegram": Act(play=trouble.telegram),
    "trouble_at_spotify": Act(play=trouble.spotify),
    "trouble_at_spotifys_pages": Act(play=trouble.pages, changes=EMBED_ONLY),
    "trouble_at_youtube_music": Act(play=trouble.music),
    "trouble_at_the_data_api": Act(play=trouble.data_api, changes=WITH_DATA_API),
    "trouble_without_youtube_music": Act(
        play=trouble.data_api_alone, changes=WITH_DATA_API | WITHOUT_MUSIC
    ),
    "trouble_at_apple": Act(play=trouble.apple),
    "trouble_at_deezer": Act(play=trouble.deezer),
    "trouble_behind_buttons": Act(play=trouble.buttons),
}
