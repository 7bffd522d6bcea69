"""What goes together, in which order, how many at a time."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasodoble.connectors.batching import Group, chunked, map_bounded, write_in_waves
from pasodoble.model.operation import Associate, Create, Delete, Operation, Update
from pasodoble.model.outcome import Applied, Outcome
from pasodoble.model.ref import Ref
from pasodoble.model.side import Side


def ref(id: int, object: str = "contacts") -> Ref:
    return Ref(Side.HUBSPOT, object, str(id))


OPERATIONS = st.lists(
    st.one_of(
        st.builds(lambda i, n: Update(ref=ref(i), fields={"n": n}), st.integers(0, 4), st.integers()),
        st.builds(lambda i: Delete(ref=ref(i)), st.integers(0, 4)),
        st.builds(lambda a, b: Associate(ref=ref(a), to=ref(b, "companies")), st.integers(0, 4), st.integers(0, 4)),
        st.builds(
            lambda k: Create(side=Side.HUBSPOT, object="contacts", fields={}, key=str(k), of=ref(k)), st.integers()
        ),
    ),
    max_size=20,
)


@given(OPERATIONS)
async def test_outcomes_fit_and_operations_on_one_record_keep_their_order(ops: list[Operation]) -> None:
    sent: list[Operation] = []

    async def send(group: Group, batch: Sequence[Operation]) -> list[Outcome]:
        touched = [op.ref for op in batch if isinstance(op, Update | Delete)]
        assert len(set(touched)) == len(touched)
        assert {type(op) for op in batch} == {group[0]}
        sent.extend(batch)
        return [Applied(ref=ref(id(op))) for op in batch]

    outcomes = await write_in_waves(ops, send)
    assert outcomes == [Applied(ref=ref(id(op))) for op in ops]
    place = {id(op): i for i, op in enumerate(sent)}
    for first, second in itertools.combinations(ops, 2):
        if first is not second and not may_be_swapped(first, second):
            assert place[id(first)] < place[id(second)]


def may_be_swapped(first: Operation, second: Operation) -> bool:
    """What touches one record keeps its order; a record's ties to different others need none."""
    if isinstance(first, Associate) and isinstance(second, Associate):
        return {first.ref, first.to} != {second.ref, second.to}
    return touched(first).isdisjoint(touched(second))


def touched(op: Operation) -> set[Ref]:
    match op:
        case Create():
            return set()
        case Associate():
            return {op.ref, op.to}
        case _:
            return {op.ref}


async def test_independent_operations_share_a_batch_whatever_lies_between() -> None:
    sizes: list[int] = []

    async def send(_group: Group, batch: Sequence[Operation]) -> list[Outcome]:
        sizes.append(len(batch))
        return [Applied(ref=ref(0))] * len(batch)

    mixed = [op for i in range(50) for op in (Update(ref=ref(i), fields={}), Delete(ref=ref(100 + i)))]
    await write_in_waves(mixed, send)
    assert sizes == [50, 50]


async def test_no_more_at_a_time_than_allowed_and_results_in_order() -> None:
    running = most = 0

    async def work(n: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return n * n

    assert await map_bounded(work, range(20), 4) == [n * n for n in range(20)]
    assert most == 4


async def test_first_error_stops_the_rest() -> None:
    begun: list[int] = []

    async def work(n: int) -> None:
        begun.append(n)
        await asyncio.sleep(0)
        raise ValueError(n)

    with pytest.raises(ValueError, match="0"):
        await map_bounded(work, range(50), 2)
    assert len(begun) < 10


def test_chunks() -> None:
    assert [list(chunk) for chunk in chunked([1, 2, 3, 4, 5], 2)] == [[1, 2], [3, 4], [5]]
