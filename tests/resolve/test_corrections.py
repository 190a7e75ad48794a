"""What can be chosen for a track, what the choice comes to, and how a listing takes it up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from bot.errors import Service, SourceError, Unavailable
from bot.models import Candidate, CandidateKind, Chooser, Finding, Match, Track
from bot.resolve.corrections import OFFERED, Corrections, Verdict, corrected
from bot.resolve.resolver import Resolver
from bot.resolve.scheduler import LookupScheduler
from bot.storage.corrections import NONE_MORE, OVER_OFFICIAL, CorrectionStore
from bot.storage.matches import Matches
from bot.youtube.finder import Finder, judged_again
from tests.stage import Memory, Searcher, Shelf, listing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models.results import Alternatives
    from bot.storage.database import Database
    from tests.conftest import SetClock

ANNA, BEN, CLEO, DAN = 1, 2, 3, 4
NEW = 99  # somebody of no use of the bot yet
SONG = listing(1).tracks[0]


def match(video: str, score: float = 0.1, kind: CandidateKind = CandidateKind.UPLOAD) -> Match:
    found = Candidate(video_id=video, title=f"Title {video}", channel="Channel", kind=kind)
    return Match(candidate=found, score=score)


TAKEN = match("taken", 0.9, CandidateKind.AUDIO)
OFFICIAL = match("official", 0.7, CandidateKind.VIDEO)
UPLOADS = [match(f"upload{number}") for number in range(4)]
FOUND = Finding(match=TAKEN, others=[OFFICIAL, *UPLOADS])


@pytest.fixture
def matches(db: Database, now: SetClock) -> Matches:
    return Matches(db, CorrectionStore(db, clock=now), clock=now)


@pytest.fixture
async def corrections(db: Database, now: SetClock, matches: Matches) -> Corrections:
    await matches.put(SONG.key, FOUND)
    return over(matches, CorrectionStore(db, clock=now))


@dataclass
class Wide(Finder):
    """A wider search that returns these, or fails."""

    found: list[Match] = field(default_factory=list)
    error: SourceError | None = None
    asked: list[list[str]] = field(default_factory=list)

    async def wider(self, track: Track, known: Sequence[Candidate]) -> list[Match]:
        self.asked.append([track.title, *(candidate.video_id for candidate in known)])
        if self.error:
            raise self.error
        return self.found


def over(matches: Matches, fixes: CorrectionStore, finder: Wide | None = None) -> Corrections:
    again = partial(judged_again, prefer=CandidateKind.AUDIO)

    async def is_regular(user_id: int) -> bool:
        return user_id != NEW

    return Corrections(
        matches, fixes, judge_again=again, finder=finder or Wide(), is_regular=is_regular
    )


async def offered(corrections: Corrections, user: int, track: Track = SONG) -> Alternatives:
    """What a person is offered who sees what a listing shows them."""
    of_listing = replace(listing(1), tracks=[track])
    resolver = Resolver(
        Shelf(),
        LookupScheduler(Searcher(), width=1),
        listings=Memory(),
        findings=corrections._matches,
        judge_again=corrections._judge_again,
    )
    shown = (await resolver.known(of_listing, [0], lane=user)).get(0)
    return await corrections.offer(track, shown)


async def test_the_others_are_offered(corrections: Corrections) -> None:
    """The next best candidates of the search, best first, at most five; what is shown is not."""
    offer = await offered(corrections, ANNA, SONG)

    assert TAKEN == offer.shown.match
    assert [OFFICIAL, *UPLOADS] == offer.candidates
    assert OFFERED == len(offer.candidates)
    assert not offer.mine


async def test_a_choice_is_shown_and_the_former_one_offered(corrections: Corrections) -> None:
    """What the matcher took can be chosen back; what people chose is not called official."""
    chosen = await corrections.choose(ANNA, SONG, "upload2")
    offer = await offered(corrections, ANNA, SONG)

    assert Verdict.CHOSEN is chosen
    assert offer.mine
    assert (UPLOADS[2], False) == (offer.shown.match, offer.shown.official)
    assert [TAKEN, OFFICIAL, *UPLOADS[:2], UPLOADS[3]] == offer.candidates
    assert TAKEN == (await offered(corrections, BEN, SONG)).shown.match


@pytest.mark.parametrize(
    ("video", "official"), [("taken", True), ("official", True), ("upload0", False)]
)
async def test_only_the_matcher_calls_official(
    corrections: Corrections, video: str, *, official: bool
) -> None:
    """However many choose an upload, it does not become official; what the matcher accepts is."""
    for user in range(1, OVER_OFFICIAL + 1):
        await corrections.choose(user, SONG, video)
    shown = (await offered(corrections, 50, SONG)).shown

    assert shown.match is not None
    assert (video, official) == (shown.match.candidate.video_id, shown.official)


async def test_none_of_them(corrections: Corrections) -> None:
    """Then there is no match for that person, and all candidates are offered still."""
    await corrections.choose(ANNA, SONG, "none")
    offer = await offered(corrections, ANNA, SONG)

    assert (None, Chooser.YOU) == (offer.shown.match, offer.shown.chosen)
    assert [TAKEN, OFFICIAL, *UPLOADS[:3]] == offer.candidates


async def test_undo(corrections: Corrections) -> None:
    """The search's own match is back, and a second undo has nothing to take back."""
    await corrections.choose(ANNA, SONG, "upload1")

    assert Verdict.UNDONE is await corrections.choose(ANNA, SONG, "undo")
    assert Verdict.UNKNOWN is await corrections.choose(ANNA, SONG, "undo")
    assert TAKEN == (await offered(corrections, ANNA, SONG)).shown.match


@pytest.mark.parametrize("wanted", ["madeup", "", "None", "$where", "upload99"])
async def test_nothing_else_can_be_chosen(corrections: Corrections, wanted: str) -> None:
    """A video that the search did not return is refused, whoever asks for it."""
    assert Verdict.UNKNOWN is await corrections.choose(ANNA, SONG, wanted)
    assert TAKEN == (await offered(corrections, ANNA, SONG)).shown.match


FEW = Finding(match=TAKEN, others=[UPLOADS[0]])


async def test_few_others_are_searched_for_more_widely(
    db: Database, now: SetClock, matches: Matches
) -> None:
    """Once: what the first search left out can then be chosen too, and stays stored."""
    wide = Wide([TAKEN, OFFICIAL, *UPLOADS])
    corrections = over(matches, CorrectionStore(db, clock=now), wide)
    await matches.put(SONG.key, FEW)
    offers = [await offered(corrections, user) for user in (ANNA, BEN)]

    assert [[SONG.title, "taken", "upload0"]] == wide.asked
    assert [[OFFICIAL, *UPLOADS]] * 2 == [list(offer.candidates) for offer in offers]
    assert Verdict.CHOSEN is await corrections.choose(ANNA, SONG, "upload3")


@pytest.mark.parametrize("error", [Unavailable(Service.YOUTUBE_MUSIC), TimeoutError()])
async def test_a_wider_search_that_fails(
    db: Database, now: SetClock, matches: Matches, error: SourceError
) -> None:
    """Then what is stored is offered, and the next who asks lets it be tried again."""
    wide = Wide(error=error)
    corrections = over(matches, CorrectionStore(db, clock=now), wide)
    await matches.put(SONG.key, FEW)

    assert [UPLOADS[0]] == (await offered(corrections, ANNA)).candidates
    wide.error, wide.found = None, UPLOADS
    assert UPLOADS == (await offered(corrections, ANNA)).candidates


async def test_what_is_not_stored_cannot_be_chosen(corrections: Corrections) -> None:
    """A track that was never looked up has no candidates."""
    other = replace(SONG, spotify_id="other")

    assert [] == (await offered(corrections, ANNA, other)).candidates
    assert Verdict.UNKNOWN is await corrections.choose(ANNA, other, "taken")


async def test_too_many(db: Database, now: SetClock, matches: Matches) -> None:
    """Whoever chose too often already is told so, and nothing changes."""
    await matches.put(SONG.key, FOUND)
    corrections = over(matches, CorrectionStore(db, clock=now, most=1))
    await corrections.choose(ANNA, replace(SONG, spotify_id="other"), "none")

    assert Verdict.TOO_MANY is await corrections.choose(ANNA, SONG, "upload1")


async def test_an_older_judgement_is_judged_again(
    db: Database, now: SetClock, matches: Matches
) -> None:
    """What another version of the matcher accepted is offered only by today's word."""
    await matches.put(SONG.key, FOUND)
    fixes = CorrectionStore(db, clock=now)
    newer = over(Matches(db, fixes, version=2, clock=now), fixes)
    offer = await offered(newer, ANNA, SONG)

    assert not offer.shown.official
    assert Verdict.UNKNOWN is await newer.choose(ANNA, SONG, "taken")


def test_both_agree() -> None:
    """Where a choice is what the matcher says by itself, it is official and keeps its reasons."""
    fix = Finding(match=TAKEN, chosen=Chooser.LISTENERS, unproven=True)
    seen = corrected(FOUND, fix)

    assert seen is not None
    assert seen.official
    assert (TAKEN, Chooser.LISTENERS) == (seen.match, seen.chosen)


async def test_a_choice_outlives_what_was_found(
    db: Database, now: SetClock, matches: Matches, corrections: Corrections
) -> None:
    """Long after the search's answer expired, a listing shows the choice without a new search."""
    await corrections.choose(ANNA, SONG, "upload1")
    now.forward(days=300)
    searcher = Searcher()
    resolver = _resolver(matches, searcher)
    resolution = await resolver.begin(listing(1), lane=ANNA)
    theirs = await resolver.begin(listing(1), lane=BEN)

    assert [] == resolution.missing
    assert [0] == theirs.missing
    result = resolution.results[0]
    assert isinstance(result, Finding)
    assert UPLOADS[1] == result.match
    assert (1, 0, 1) == (
        resolution.counts.chosen,
        resolution.counts.official,
        resolution.counts.looked_up,
    )


async def test_a_choice_remembers_the_spotify_track(
    matches: Matches, now: SetClock, corrections: Corrections
) -> None:
    """A song that came without a Spotify id keeps the one that was found for it."""
    song = replace(SONG, spotify_id=None)
    await matches.put(song.key, replace(FOUND, spotify_id="found"))
    await corrections.choose(ANNA, song, "upload1")
    now.forward(days=300)

    assert "found" == (await offered(corrections, ANNA, song)).shown.spotify_id


async def test_a_listing_shows_each_person_their_own(
    db: Database, now: SetClock, matches: Matches, corrections: Corrections
) -> None:
    """The person's choice stands before everybody's, and that before what is not surely right."""
    await matches.put(SONG.key, Finding(others=FOUND.others))
    for user in (ANNA, BEN, CLEO):
        await corrections.choose(user, SONG, "upload1")
    await corrections.choose(DAN, SONG, "none")
    resolver = _resolver(matches, Searcher())
    shown = [(await resolver.known(listing(1), [0], lane=user))[0] for user in (ANNA, DAN, 5)]

    assert [UPLOADS[1], None, UPLOADS[1]] == [finding.match for finding in shown]
    assert [Chooser.YOU, Chooser.YOU, Chooser.LISTENERS] == [each.chosen for each in shown]


@pytest.mark.parametrize(
    ("chosen", "people", "shown"),
    [
        ("upload1", 3, "taken"),
        ("upload1", OVER_OFFICIAL - 1, "taken"),
        ("upload1", OVER_OFFICIAL, "upload1"),
        ("none", OVER_OFFICIAL + NONE_MORE - 1, "taken"),
        ("none", OVER_OFFICIAL + NONE_MORE, None),
    ],
)
async def test_an_official_match_falls_to_many_only(
    matches: Matches, corrections: Corrections, chosen: str, people: int, shown: str | None
) -> None:
    """What the search is sure of does not fall to three people, and to none of them the link."""
    for user in range(1, people + 1):
        await corrections.choose(user, SONG, chosen)
    result = (await _resolver(matches, Searcher()).known(listing(1), [0], lane=50))[0]

    assert shown == (result.match and result.match.candidate.video_id)


async def test_a_match_that_is_no_longer_stored_does_not_fall_either(
    now: SetClock, matches: Matches, corrections: Corrections
) -> None:
    """What a few people say is no reason not to search again for what is official."""
    for user in (ANNA, BEN, CLEO):
        await corrections.choose(user, SONG, "upload1")
    now.forward(days=31)
    searcher = Searcher().open()
    resolver = _resolver(matches, searcher)
    resolution = await resolver.begin(listing(1), lane=50)
    await resolver.run(resolution, lane=50)

    result = resolution.results[0]
    assert isinstance(result, Finding)
    assert (["Song 0"], True, None) == (searcher.found, result.official, result.chosen)


async def test_what_a_few_say_holds_for_what_is_found_anew(
    now: SetClock, matches: Matches, corrections: Corrections
) -> None:
    """Where the search finds nothing sure again, the choice of three stands at once."""
    await matches.put(SONG.key, Finding(others=FOUND.others))
    for user in (ANNA, BEN, CLEO):
        await corrections.choose(user, SONG, "upload1")
    now.forward(days=31)
    resolver = _resolver(matches, Searcher(missing=frozenset({"Song 0"})).open())
    resolution = await resolver.begin(listing(1), lane=50)
    await resolver.run(resolution, lane=50)

    result = resolution.results[0]
    assert isinstance(result, Finding)
    assert (UPLOADS[1], Chooser.LISTENERS) == (result.match, result.chosen)


async def test_who_has_never_used_it_does_not_count(
    matches: Matches, corrections: Corrections
) -> None:
    """Accounts that were made to choose choose for themselves."""
    await matches.put(SONG.key, Finding(others=FOUND.others))
    for user in (ANNA, BEN, NEW):
        await corrections.choose(user, SONG, "upload1")
    resolver = _resolver(matches, Searcher())
    theirs = (await resolver.known(listing(1), [0], lane=NEW))[0]
    everybodys = (await resolver.known(listing(1), [0], lane=50))[0]

    assert [Chooser.YOU, None] == [theirs.chosen, everybodys.chosen]


def _resolver(matches: Matches, searcher: Searcher) -> Resolver:
    return Resolver(
        Shelf(),
        LookupScheduler(searcher, width=1),
        listings=Memory(),
        findings=matches,
    )
