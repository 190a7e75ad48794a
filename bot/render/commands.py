"""What the commands answer: start, help, privacy, the last listings, and what is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from bot.models.outside_text import isolated
from bot.models.songlist import MOST_LINES
from bot.quota.policy import BURST
from bot.render.callback_data import OpenAgain
from bot.render.deeplinks import command_url
from bot.render.i18n import marked
from bot.render.reply import (
    AUDIO_SIGN,
    CHOSEN_SIGN,
    SEARCH_SIGN,
    VIDEO_SIGN,
    Button,
    Reply,
    shorten,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models.job import Job
    from bot.render.i18n import Words

LABEL_UNITS = 64  # of a button; a phone shows some 40 and cuts the rest itself
# The commands that Telegram shows in its menu, with what each does
COMMANDS = {
    "search": marked("Find a song by artist and title"),
    "help": marked("What I can do, and what the signs mean"),
    "settings": marked("Which links I show, and how I work in a group"),
    "language": marked("Which language I speak"),
    "history": marked("Your last lists, to open them again"),
    "fixes": marked("The recordings you put right, with undo"),
    "quota": marked("How many tracks are left for today"),
    "cancel": marked("Stop the list that is running"),
    "privacy": marked("What I store, and for how long"),
    "forget": marked("Delete what I store about you"),
    "start": marked("Say hello"),
}


def render_start(words: Words) -> Markup:
    return words.gettext(
        "Paste a Spotify link: a track, album, playlist or artist. You get every track back "
        "with its official Spotify and YouTube link.\n\n"
        "Or write a song's artist and title, and choose from what I find.\n\n"
        "/help says what else there is."
    )


def render_lost(words: Words) -> Markup:
    """A start link that leads to nothing that can be opened."""
    lost = words.gettext("That link leads to nothing I can open; ask for the song's own link.")
    return lost + "\n\n" + render_start(words)


def render_hint(words: Words) -> Markup:
    """The one line for a message without a link."""
    return words.gettext("Send me a Spotify link, or a song by artist and title. /help says more.")


def render_help(words: Words) -> Markup:
    signs = (
        words.gettext("{sign} official audio on YouTube", sign=AUDIO_SIGN),
        words.gettext("{sign} official video", sign=VIDEO_SIGN),
        words.gettext("{sign} chosen by you or by several listeners", sign=CHOSEN_SIGN),
        words.gettext(
            "{sign} only a search: no recording there is surely the right official one",
            sign=SEARCH_SIGN,
        ),
    )
    parts = (
        words.gettext(
            "Paste one or more Spotify links, here or in a group. Each gets one reply: "
            "a track its card, an album or playlist all its tracks, an artist the top ten."
        ),
        words.gettext(
            "Links of YouTube, YouTube Music, Apple Music and Deezer do as well: I look for the "
            "same song."
        ),
        words.gettext(
            "Or write artist and title, and choose from what I find; in a group with /search."
        ),
        words.gettext(
            "A list works too: songs one a line, copied links, or a .txt or .csv file, "
            "at most {lines} lines. Write <i>artist - title</i> or <i>title — artist</i>.",
            lines=words.number(MOST_LINES),
        ),
        words.gettext(
            "In any other chat, write my username and a song or a link, and choose what to send. "
            "In groups, !skip beside a link keeps me quiet."
        ),
        Markup("\n").join(signs),
        words.gettext(
            "◀ ▶ turn the pages, also weeks later. Each track looked up on YouTube counts; /quota "
            "says how many are left for today. What you opened stays free for 30 days. "
            "At most {burst} links or searches a minute.",
            burst=BURST,
        ),
        words.gettext("Export makes a list a file; Play all opens it on YouTube, 50 at a time."),
        words.gettext(
            "A wrong recording? Press the button under the card or list and choose: it holds for "
            "you, and for everybody when enough people choose the same."
        ),
        words.gettext(
            "/history opens your last lists again, /fixes shows what you put right.\n"
            "/cancel stops a running list and gives back what it did not use.\n"
            "/settings says which links I show, /language which language I speak.\n"
            "/privacy says what is stored, /forget deletes it."
        ),
        words.gettext("I hand out links. I never send or download music."),
    )
    return Markup("\n\n").join(parts)


def render_privacy(words: Words) -> Markup:
    lines = (
        words.gettext("<b>What is stored, and for how long</b>"),
        words.gettext(
            "• Each link you send, with its title, your user id, the chat and the message's "
            "number: 30 days, so that its buttons and /history work and it stays free. Nothing "
            "else of your messages."
        ),
        words.gettext("• Each list of songs you send as text or file: 30 days, to turn its pages."),
        words.gettext(
            "• How many tracks you looked up on a day, and which, under scrambled keys: 31 days, "
            "so that the daily limit holds and they stay free."
        ),
        words.gettext(
            "• Each track whose recording you put right, and what you chose: until you undo it in "
            "/fixes, or use none of them for 800 days. When enough people choose the same, it "
            "holds for everybody, without names."
        ),
        words.gettext(
            "• When you last sent links, under a scrambled key: one minute, against bursts."
        ),
        words.gettext("• A plan that an administrator gave you: while it lasts."),
        words.gettext(
            "• What you chose in /settings: 400 days after you last used me. What a group chose: "
            "as long, or 30 days after I am taken out of it."
        ),
        words.gettext(
            "Lists, tracks, files made of them and the links found for them are kept for everybody "
            "without your name: at most a day for what Spotify and the others say of them, 30 days "
            "for links."
        ),
        words.gettext("/forget deletes what is yours at once."),
    )
    return Markup("\n").join(lines)


def render_forgotten(words: Words) -> Markup:
    return words.gettext(
        "Deleted: your links, your lists, your settings, your corrections and your plan. The "
        "buttons under my older messages no longer work. Only today's number of tracks and the "
        "last minute's of links stay, as limits, under scrambled keys."
    )


def render_cancelled(stopped: int, words: Words) -> Markup:
    if not stopped:
        return words.gettext("Nothing is running.")
    return words.ngettext(
        "Stopped {n} list. What is there stays, and what was not looked up is given back.",
        "Stopped {n} lists. What is there stays, and what was not looked up is given back.",
        stopped,
    )


def render_greeting(words: Words, *, hears_all: bool) -> Markup:
    """How a group uses the bot; without `hears_all` also how to let it see every link."""
    if hears_all:
        how = words.gettext(
            "Paste a link to a track, album or playlist here, and I reply with its official "
            "Spotify and YouTube links. Whoever sends a link uses their own daily tracks."
        )
        quiet = words.gettext(
            "Write !skip beside a link that I should leave alone. Administrators choose with "
            "/settings what I answer, and in which language."
        )
        return Markup("\n\n").join((how, quiet))
    how = words.gettext(
        "I reply to links with their official Spotify and YouTube links. In this group I see only "
        "commands, messages with my name, and replies to mine: write my name beside a link."
    )
    open_up = words.gettext(
        "To let me answer every link, make me an administrator, or turn my privacy mode off with "
        "/setprivacy in @BotFather and add me to the group again."
    )
    return Markup("\n\n").join((how, open_up))


def render_history(jobs: Sequence[Job], words: Words) -> Reply:
    """`jobs` are the newest of each listing, newest first."""
    if not jobs:
        return Reply(words.gettext("You have opened no list yet. Send me a link first."))
    text = words.gettext(
        "<b>Your last lists</b>\nPress one to open it again; what was looked up stays free for "
        "30 days."
    )
    return Reply(text, tuple((Button(_label(job, words), data=OpenAgain(job.id)),) for job in jobs))


def _label(job: Job, words: Words) -> str:
    title, owner = job.outcome.get("title"), job.outcome.get("owner")
    parts = [str(part) for part in (title or words.plain("Untitled"), owner) if part]
    return isolated(shorten(" — ".join(dict.fromkeys(parts)), LABEL_UNITS))


def render_private(bot: str, command: str, words: Words) -> Reply:
    """In a group: what is private is shown in private."""
    text = words.gettext("That is only for you: it opens in the private chat.")
    label = words.plain("Open it ↗")
    return Reply(text, ((Button(label, url=command_url(bot, command)),),))
