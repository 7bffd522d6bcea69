"""What a history is made of: a seed, the steps of it that are played, and the faults that are kept quiet.

Each step draws from dice of its own, so that a step can be left out and the others stay what they were: that is how a seed
that failed is made short (`shrink`). What a step does is not known here.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One history to be played.

    steps   the numbers of the steps that are played, in order
    muted   faults that do not fire: (step, the how-many-th fault of that step)
    """

    seed: int
    steps: tuple[int, ...]
    muted: frozenset[tuple[int, int]] = frozenset()

    @classmethod
    def of(cls, seed: int, steps: int = 60) -> Script:
        return cls(seed=seed, steps=tuple(range(steps)))

    def dice(self, what: object) -> random.Random:
        return random.Random(f"{self.seed}/{what}")


Fails = Callable[[Script], Sequence[tuple[int, int]] | None]
"""Plays a script: the faults that fired if it failed, None if all went well."""


def shrink(script: Script, fails: Fails) -> Script:
    """The shortest script found that still fails: first fewer steps, then fewer faults. It must fail to begin with."""
    steps = _fewest(script.steps, lambda some: fails(replace(script, steps=some)) is not None)
    short = replace(script, steps=steps)
    fired = tuple(fails(short) or ())
    needed = _fewest(fired, lambda some: fails(_mute_all_but(short, fired, some)) is not None)
    return _mute_all_but(short, fired, needed)


def _mute_all_but(script: Script, fired: Sequence[tuple[int, int]], kept: Sequence[tuple[int, int]]) -> Script:
    return replace(script, muted=script.muted | (frozenset(fired) - frozenset(kept)))


def _fewest(items: tuple[T, ...], fails: Callable[[tuple[T, ...]], bool]) -> tuple[T, ...]:
    """Delta debugging: leave out ever smaller pieces while what is left still fails."""
    piece = max(1, len(items) // 2)
    while items:
        start, shorter = 0, False
        while start < len(items):
            rest = items[:start] + items[start + piece :]
            if fails(rest):
                items, shorter = rest, True
            else:
                start += piece
        if piece == 1 and not shorter:
            break
        piece = max(1, piece // 2)
    return items
