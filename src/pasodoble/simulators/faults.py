"""Faults on order: what goes wrong with the next calls that match, as `/__sandbox__/faults` was told."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

KINDS = ("status", "timeout_before", "timeout_after_commit", "reset", "slow", "truncated", "partial")
KEYS = {"match", "fault", "status", "times", "probability", "seed", "after_s"}


class FaultError(ValueError):
    """An order that makes no sense; the text says which key and what it may be."""


@dataclass(slots=True)
class Fault:
    """One order. `times` counts down with each hit (None: for ever); `path` is a prefix, "" matches all.

    status                answer with this HTTP status instead of handling the call
    timeout_before        hold the line for `after_s`, hang up, do nothing
    timeout_after_commit  do it, hold the line for `after_s`, hang up
    reset                 hang up at once, do nothing
    slow                  wait `after_s`, then handle the call
    truncated             handle it, send half of the body, hang up
    partial               handle it, send a whole answer that holds half of the body
    """

    kind: str
    method: str = ""
    path: str = ""
    status: int = 503
    times: int | None = 1
    probability: float = 1.0
    after_s: float = 5.0
    hits: int = 0
    dice: random.Random = field(default_factory=random.Random)


def parse_fault(order: Any) -> Fault:
    """Raises FaultError."""
    if not isinstance(order, dict):
        raise FaultError('a fault is an object such as {"fault":"status","status":503}')
    if unknown := set(order) - KEYS:
        raise FaultError(f"unknown key {sorted(unknown)[0]!r}; a fault knows {', '.join(sorted(KEYS))}")
    kind = order.get("fault")
    if kind not in KINDS:
        raise FaultError(f"unknown fault {kind!r}; one of {', '.join(KINDS)}")
    match = order.get("match") or {}
    if not isinstance(match, dict) or set(match) - {"method", "path"}:
        raise FaultError("match knows method and path")
    probability = float(order.get("probability", 1.0))
    times = order.get("times", None if probability < 1 else 1)
    return Fault(
        kind=kind,
        method=str(match.get("method", "")).upper(),
        path=str(match.get("path", "")),
        status=int(order.get("status", 503)),
        times=None if times is None else int(times),
        probability=probability,
        after_s=float(order.get("after_s", 5.0)),
        dice=random.Random(order.get("seed", 0)),
    )


class FaultBook:
    """The open orders, oldest first; the first that matches is drawn."""

    def __init__(self) -> None:
        self._orders: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._orders.append(fault)

    def clear(self) -> None:
        self._orders.clear()

    def draw(self, method: str, path: str) -> Fault | None:
        if not self._orders:
            return None
        for fault in self._orders:
            if fault.method not in ("", method) or not path.startswith(fault.path):
                continue
            if fault.probability < 1 and fault.dice.random() >= fault.probability:
                continue
            fault.hits += 1
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._orders.remove(fault)
            return fault
        return None

    def listing(self) -> dict[str, Any]:
        return {
            "faults": [
                {"fault": f.kind, "match": {"method": f.method, "path": f.path}, "times": f.times, "hits": f.hits}
                for f in self._orders
            ]
        }
