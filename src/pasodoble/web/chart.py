"""The picture of the last hour as numbers for SVG: two lines, a grid, a scale. How it is coloured is the style sheet's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pasodoble.model.side import Pair

WIDTH: Final = 640
HEIGHT: Final = 180
STEPS: Final = (1, 2, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """`lines` are SVG points, one line a side; `marks` are the scale: how high, and which number."""

    lines: Pair[str]
    marks: Sequence[tuple[float, int]]
    totals: Pair[int]
    tops: Pair[int]


def draw(carried: Pair[list[int]]) -> Chart:
    top = find_top(max((max(numbers, default=0) for numbers in carried), default=0))
    return Chart(
        lines=carried.map(lambda numbers: _points(numbers, top)),
        marks=[(round(HEIGHT * (1 - share / 4), 1), top * share // 4) for share in (0, 2, 4)],
        totals=carried.map(sum),
        tops=carried.map(lambda numbers: max(numbers, default=0)),
    )


def find_top(highest: int) -> int:
    """The smallest round number that is at least as high, and divides by four."""
    size = 4
    while True:
        for step in STEPS:
            if step * size >= highest:
                return step * size
        size *= 10


def _points(numbers: Sequence[int], top: int) -> str:
    gap = WIDTH / max(1, len(numbers) - 1)
    return " ".join(f"{at * gap:.1f},{HEIGHT * (1 - number / top):.1f}" for at, number in enumerate(numbers))
