"""Many operations, few calls: what may go together, in which order, and how many at a time.

What a batch looks like on the wire is each vendor's matter.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

from pasodoble.model.operation import Associate, Create, Delete, Operation, Update
from pasodoble.model.outcome import Outcome

T = TypeVar("T")
U = TypeVar("U")

_ORDER: tuple[type[Operation], ...] = (Create, Update, Associate, Delete)

Group = tuple[type[Operation], str]
"""What one batch may hold: one sort of operation on one object."""


def chunked(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


async def map_bounded(do: Callable[[T], Awaitable[U]], items: Iterable[T], limit: int) -> list[U]:
    """`do` for all, at most `limit` at a time; results in order. The first error cancels the others."""
    gate = asyncio.Semaphore(limit)

    async def one(item: T) -> U:
        async with gate:
            return await do(item)

    tasks = [asyncio.create_task(one(item)) for item in items]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def write_in_waves(
    operations: Sequence[Operation],
    send: Callable[[Group, Sequence[Operation]], Awaitable[Sequence[Outcome]]],
) -> list[Outcome]:
    """Hand `send` groups as large as the order allows; outcomes in the order of the operations.

    Operations on the same record keep their order and never share a group; all others may be reordered.
    """
    outcomes: dict[int, Outcome] = {}
    for wave in _plan_waves(operations):
        for group, places in _group(operations, wave):
            answers = await send(group, [operations[i] for i in places])
            outcomes.update(zip(places, answers, strict=True))
    return [outcomes[i] for i in range(len(operations))]


async def write_apart(
    operations: Sequence[Operation],
    is_at_fault: Callable[[Operation], bool],
    refusal: Outcome,
    again: Callable[[Sequence[Operation]], Awaitable[Sequence[Outcome]]],
) -> list[Outcome]:
    """For a batch of several that was refused as a whole: those at fault are refused, the others are written again.

    Where none is known to be at fault, the batch is halved, so that log2 n calls find the one that is.
    """
    at_fault = {i for i, op in enumerate(operations) if is_at_fault(op)}
    if not at_fault:
        half = len(operations) // 2
        return [*await again(operations[:half]), *await again(operations[half:])]
    rest = [op for i, op in enumerate(operations) if i not in at_fault]
    answers = iter(await again(rest) if rest else ())
    return [refusal if i in at_fault else next(answers) for i in range(len(operations))]


def _plan_waves(operations: Sequence[Operation]) -> list[list[int]]:
    """Places by wave: an operation comes after all earlier ones that touch the same thing, unless both only share it."""
    waves: list[list[int]] = []
    last_alone: dict[Hashable, int] = {}
    last_shared: dict[Hashable, int] = {}
    for i, op in enumerate(operations):
        alone, shared = _touched(op)
        before = [
            *(last_alone.get(thing, -1) for thing in (*alone, *shared)),
            *(last_shared.get(thing, -1) for thing in alone),
        ]
        wave = 1 + max(before, default=-1)
        if wave == len(waves):
            waves.append([])
        waves[wave].append(i)
        last_alone.update(dict.fromkeys(alone, wave))
        last_shared.update((thing, max(wave, last_shared.get(thing, -1))) for thing in shared)
    return waves


def _touched(op: Operation) -> tuple[tuple[Hashable, ...], tuple[Hashable, ...]]:
    """What an operation wants for itself, and what it shares with others: a record may get many ties at once."""
    match op:
        case Create():
            return (), ()
        case Update() | Delete():
            return (op.ref,), ()
        case Associate():
            return (frozenset((op.ref, op.to)),), (op.ref, op.to)


def _group(operations: Sequence[Operation], places: Sequence[int]) -> list[tuple[Group, list[int]]]:
    groups: dict[Group, list[int]] = {}
    for i in places:
        op = operations[i]
        object = op.object if isinstance(op, Create) else op.ref.object
        groups.setdefault((type(op), object), []).append(i)
    return sorted(groups.items(), key=lambda item: _ORDER.index(item[0][0]))
