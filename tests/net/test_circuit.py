from __future__ import annotations

import asyncio
import math
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.clock import Timing
from bot.errors import (
    NotFound,
    OutOfBudget,
    RateLimited,
    Refused,
    Service,
    SourceError,
    TracklinkError,
    Unavailable,
    Unreadable,
    UnsupportedLink,
)
from bot.net.circuit import (
    ATTEMPTS,
    FAILURES_TO_OPEN,
    LONGEST_OPEN_S,
    OPEN_S,
    OWN_PATIENCE_S,
    PATIENCE_S,
    CircuitBreaker,
)

if TYPE_CHECKING:
    from tests.conftest import SetClock

DOWN = Unavailable(Service.SPOTIFY_API, "502")
GONE = NotFound(Service.SPOTIFY_API, "404")
DEFINITE = [
    GONE,
    Refused(Service.SPOTIFY_API, "403"),
    Unreadable(Service.SPOTIFY_API, "?"),
    UnsupportedLink("show"),
]


@pytest.fixture
def circuit(now: SetClock) -> CircuitBreaker:
    return CircuitBreaker(Service.SPOTIFY_API, clock=now)


class Script:
    """A service that gives its answers one after the other, and the last one for ever."""

    def __init__(self, *answers: str | TracklinkError) -> None:
        self.answers = list(answers)
        self.calls = 0

    async def __call__(self) -> str:
        answer = self.answers[min(self.calls, len(self.answers) - 1)]
        self.calls += 1
        if isinstance(answer, TracklinkError):
            raise answer
        return answer


def limited(seconds: float) -> RateLimited:
    return RateLimited(Service.SPOTIFY_API, "429", retry_after_s=seconds)


@pytest.mark.parametrize(
    ("answers", "calls"),
    [
        (["yes"], 1),
        ([DOWN, "yes"], 2),
        ([DOWN, DOWN, "yes"], 3),
        ([limited(PATIENCE_S), "yes"], 2),
        ([OutOfBudget(Service.SPOTIFY_API, retry_after_s=OWN_PATIENCE_S), "yes"], 2),
    ],
)
async def test_what_may_pass_is_tried_again(
    circuit: CircuitBreaker, answers: list[str | SourceError], calls: int
) -> None:
    """A hiccup costs a retry, not an answer."""
    service = Script(*answers)

    assert ("yes", calls) == (await circuit.call(service), service.calls)
    assert circuit.retry_at is None


@pytest.mark.parametrize(
    ("error", "calls"),
    [
        (DOWN, ATTEMPTS),
        (GONE, 1),
        (limited(PATIENCE_S + 0.1), 1),
        (OutOfBudget(Service.SPOTIFY_API, retry_after_s=OWN_PATIENCE_S + 0.1), 1),
    ],
)
async def test_tries_are_bounded_and_only_for_what_may_pass(
    circuit: CircuitBreaker, error: SourceError, calls: int
) -> None:
    """A refusal is final, and a long wait is not slept through."""
    service = Script(error)

    with pytest.raises(type(error)) as caught:
        await circuit.call(service)

    assert (error, calls) == (caught.value, service.calls)


async def test_a_long_retry_after_opens_the_circuit_for_as_long(
    circuit: CircuitBreaker, now: SetClock
) -> None:
    """Until the service wants to be asked again, nobody asks, and everybody learns until when."""
    service = Script(limited(86_236), "yes")
    until = now() + timedelta(seconds=86_236)
    with pytest.raises(RateLimited) as first:
        await circuit.call(service)

    now.forward(seconds=86_235)
    with pytest.raises(Unavailable, match="circuit open") as second:
        await circuit.call(service)

    assert [until] * 3 == [first.value.retry_at, second.value.retry_at, circuit.retry_at]
    assert 1 == service.calls
    now.forward(seconds=1)
    assert "yes" == await circuit.call(service)


@pytest.mark.parametrize("absurd", [LONGEST_OPEN_S + 1, 99_999_999_999, 1e15, math.inf])
async def test_an_absurd_retry_after_is_cut(
    circuit: CircuitBreaker, now: SetClock, absurd: float
) -> None:
    """A header with too many digits does not shut a service out for good."""
    with pytest.raises(RateLimited):
        await circuit.call(Script(limited(absurd)))

    assert now() + timedelta(seconds=LONGEST_OPEN_S) == circuit.retry_at


async def test_a_long_wait_is_not_cut_short_by_calls_that_were_under_way(
    circuit: CircuitBreaker, now: SetClock
) -> None:
    """Calls made before the circuit opened may still fail; the service's own wait stands."""
    told = asyncio.Event()

    async def slow() -> str:
        await told.wait()
        raise DOWN

    under_way = asyncio.create_task(circuit.call(slow))
    await asyncio.sleep(0)
    with pytest.raises(RateLimited):
        await circuit.call(Script(limited(3600)))
    told.set()
    with pytest.raises(Unavailable):
        await under_way

    assert now() + timedelta(hours=1) == circuit.retry_at


async def test_an_attempt_that_hangs_is_given_up_and_counts(now: SetClock) -> None:
    """Whoever waits is freed, each try and the probe alike, and the circuit opens."""
    timing = Timing(attempt_s=0.001)
    circuit = CircuitBreaker(Service.SPOTIFY_API, clock=now, timing=timing)

    async def hang() -> str:
        await asyncio.Event().wait()
        return "never"

    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(Unavailable, match="too slow"):
            await circuit.call(hang)

    assert circuit.retry_at is not None


async def fail(circuit: CircuitBreaker, times: int) -> None:
    for _ in range(times):
        with pytest.raises(Unavailable):
            await circuit.call(Script(DOWN))


async def test_failures_in_a_row_open_the_circuit(circuit: CircuitBreaker, now: SetClock) -> None:
    """A service that is down is spared for a while."""
    await fail(circuit, FAILURES_TO_OPEN - 1)
    assert circuit.retry_at is None

    await fail(circuit, 1)

    assert now() + timedelta(seconds=OPEN_S) == circuit.retry_at


async def test_a_good_answer_starts_the_count_again(circuit: CircuitBreaker) -> None:
    """Single failures among good answers never open the circuit."""
    await fail(circuit, FAILURES_TO_OPEN - 1)
    await circuit.call(Script("yes"))

    await fail(circuit, FAILURES_TO_OPEN - 1)

    assert circuit.retry_at is None


@pytest.mark.parametrize("answer", DEFINITE)
async def test_a_definite_answer_starts_the_count_again(
    circuit: CircuitBreaker, answer: TracklinkError
) -> None:
    """A service that says 404 is well: failures before and after it are not in a row."""
    await fail(circuit, FAILURES_TO_OPEN - 1)
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(type(answer)):
            await circuit.call(Script(answer))

    await fail(circuit, FAILURES_TO_OPEN - 1)

    assert circuit.retry_at is None


@pytest.mark.parametrize("answer", DEFINITE)
async def test_a_definite_answer_is_a_good_probe(
    circuit: CircuitBreaker, now: SetClock, answer: TracklinkError
) -> None:
    """Then it takes as many failures as ever to open the circuit again."""
    await fail(circuit, FAILURES_TO_OPEN)
    now.forward(seconds=OPEN_S)
    with pytest.raises(type(answer)):
        await circuit.call(Script(answer))

    await fail(circuit, FAILURES_TO_OPEN - 1)

    assert circuit.retry_at is None


async def test_no_retry_once_another_call_opened_the_circuit(circuit: CircuitBreaker) -> None:
    """A call that waits for its next try makes none against a service that asked for peace."""
    tried = 0

    async def meets_the_wall() -> str:
        nonlocal tried
        tried += 1
        with pytest.raises(RateLimited):
            await circuit.call(Script(limited(3600)))
        raise DOWN

    with pytest.raises(Unavailable, match="circuit open"):
        await circuit.call(meets_the_wall)

    assert 1 == tried


async def test_calls_that_were_between_two_tries_do_not_keep_the_circuit_open(
    circuit: CircuitBreaker, now: SetClock
) -> None:
    """They asked nobody, so they say nothing of the service."""

    async def meets_the_wall() -> str:
        if circuit.retry_at is None:
            with pytest.raises(RateLimited):
                await circuit.call(Script(limited(PATIENCE_S + 1)))
        raise DOWN

    waiting = [circuit.call(meets_the_wall) for _ in range(2 * FAILURES_TO_OPEN)]
    await asyncio.gather(*waiting, return_exceptions=True)

    assert now() + timedelta(seconds=PATIENCE_S + 1) == circuit.retry_at


async def test_after_the_wait_one_failure_opens_it_again(
    circuit: CircuitBreaker, now: SetClock
) -> None:
    """The first call after the wait is the probe."""
    await fail(circuit, FAILURES_TO_OPEN)
    now.forward(seconds=OPEN_S)
    assert circuit.retry_at is None

    await fail(circuit, 1)

    assert now() + timedelta(seconds=OPEN_S) == circuit.retry_at


async def test_after_the_wait_one_good_answer_closes_it(
    circuit: CircuitBreaker, now: SetClock
) -> None:
    """A service that is back is trusted again at once."""
    await fail(circuit, FAILURES_TO_OPEN)
    now.forward(seconds=OPEN_S)
    await circuit.call(Script("yes"))

    await fail(circuit, FAILURES_TO_OPEN - 1)

    assert circuit.retry_at is None
