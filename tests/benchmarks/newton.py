"""Logistic regression by Newton's method in plain Python, for some hundred sparse weights."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROUNDS = 60
ENOUGH = 1e-6  # of likelihood gained by a round, at which it is over
SMALLEST_STEP = 1e-4
RIDGE = 1e-6  # keeps the matrix from being singular

Row = tuple[tuple[tuple[int, float], ...], float, float]


@dataclass(slots=True)
class Newton:
    """Finds the weights under which what was seen is likeliest, `down` ones never below zero."""

    size: int
    down: Sequence[bool]
    rows: list[Row] = field(default_factory=list)
    held: list[Row] = field(default_factory=list)

    def see(self, row: Mapping[int, float], number: float, right: float) -> None:
        """`right` out of `number` cases with these features were true."""
        self.rows.append((tuple(sorted(row.items())), number, right))

    def hold(self, row: Mapping[int, float], mean: float, firmness: float) -> None:
        """A sum of weights is normally distributed around a mean, a priori."""
        self.held.append((tuple(sorted(row.items())), mean, firmness))

    def solve(self) -> list[float]:
        at = [0.1 if down else 0.0 for down in self.down]
        loss = self._loss(at)
        for _ in range(ROUNDS):
            slope, curve = self._derivatives(at)
            free = [n for n in range(self.size) if not (self.down[n] and at[n] <= 0 < slope[n])]
            step = _linear([[curve[i][j] for j in free] for i in free], [-slope[i] for i in free])
            moved, lower = self._along(at, loss, dict(zip(free, step, strict=True)))
            if loss - lower < ENOUGH:
                return moved
            at, loss = moved, lower
        return at

    def _along(
        self, at: list[float], loss: float, step: Mapping[int, float]
    ) -> tuple[list[float], float]:
        """As far along the step as it helps, and never below zero where that is forbidden."""
        length = 1.0
        while length > SMALLEST_STEP:
            moved = [x + length * step.get(n, 0.0) for n, x in enumerate(at)]
            moved = [max(x, 0.0) if self.down[n] else x for n, x in enumerate(moved)]
            lower = self._loss(moved)
            if lower < loss:
                return moved, lower
            length /= 2
        return at, loss

    def _loss(self, at: Sequence[float]) -> float:
        found = 0.0
        for row, number, right in self.rows:
            z = sum(at[n] * x for n, x in row)
            found += number * (max(z, 0.0) + math.log1p(math.exp(-abs(z)))) - right * z
        for row, mean, firmness in self.held:
            found += firmness / 2 * (sum(at[n] * x for n, x in row) - mean) ** 2
        return found

    def _derivatives(self, at: Sequence[float]) -> tuple[list[float], list[list[float]]]:
        slope = [0.0] * self.size
        curve = [[RIDGE if i == j else 0.0 for j in range(self.size)] for i in range(self.size)]
        for row, number, right in self.rows:
            z = sum(at[n] * x for n, x in row)
            p = 1 / (1 + math.exp(-z)) if z > 0 else math.exp(z) / (1 + math.exp(z))
            _add(slope, curve, row, number * p - right, number * p * (1 - p))
        for row, mean, firmness in self.held:
            apart = sum(at[n] * x for n, x in row) - mean
            _add(slope, curve, row, firmness * apart, firmness)
        return slope, curve


def _add(
    slope: list[float],
    curve: list[list[float]],
    row: Sequence[tuple[int, float]],
    first: float,
    second: float,
) -> None:
    for i, x in row:
        slope[i] += first * x
        line = curve[i]
        by = second * x
        for j, y in row:
            line[j] += by * y


def _linear(matrix: list[list[float]], right: list[float]) -> list[float]:
    """The solution of a symmetric, positive definite system, by Cholesky's decomposition."""
    size = len(right)
    lower = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            left = lower[i][:j]
            rest = matrix[i][j] - sum(a * b for a, b in zip(left, lower[j][:j], strict=True))
            lower[i][j] = math.sqrt(max(rest, RIDGE)) if i == j else rest / lower[j][j]
    forward: list[float] = []
    for i in range(size):
        known = sum(a * b for a, b in zip(lower[i], forward, strict=False))
        forward.append((right[i] - known) / lower[i][i])
    back = [0.0] * size
    for i in reversed(range(size)):
        known = sum(lower[k][i] * back[k] for k in range(i + 1, size))
        back[i] = (forward[i] - known) / lower[i][i]
    return back
