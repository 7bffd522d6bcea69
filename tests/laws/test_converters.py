"""Laws that every codec keeps, whatever the sides hold. `PASODOBLE_EXAMPLES=20000` makes the long run of `make laws`."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.laws.converter_worlds import COUNTERPARTS, WORLDS, World

from pasodoble.mapping.convert.catalogue import CODECS
from pasodoble.mapping.convert.codec import Unfit, UnreadableValue, Unresolved
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.value import Raw, Value

LAW = settings(
    max_examples=int(os.environ.get("PASODOBLE_EXAMPLES", "300")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
every_world = pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
every_side = pytest.mark.parametrize("side", SIDES)


def read(world: World, side: Side, raw: Raw) -> Value:
    """Goes on only with what the side could hold."""
    try:
        return world.codec.read(side, raw)
    except UnreadableValue:
        assume(False)
        raise


def is_canonical(value: Value) -> bool:
    return (
        value is None or isinstance(value, bool) or (isinstance(value, str) and value.strip(" \r\n\t") == value != "")
    )


def test_every_codec_has_a_world() -> None:
    assert {world.codec.name for world in WORLDS} == set(CODECS)


@every_world
@every_side
@LAW
@given(data=st.data())
def test_reading_is_canonical_and_reading_what_was_rendered_changes_nothing(
    world: World, side: Side, data: st.DataObject
) -> None:
    value = read(world, side, data.draw(world.raws[side]))
    assert is_canonical(value)
    assert world.codec.read(side, world.codec.render(side, value)) == value


@every_world
@every_side
@LAW
@given(data=st.data())
def test_crossing_settles_at_once(world: World, side: Side, data: st.DataObject) -> None:
    codec, raw = world.codec, data.draw(world.raws[side])
    value = read(world, side, raw)
    there = codec.carry(side, value, COUNTERPARTS)
    if isinstance(there, Unfit | Unresolved):
        return
    assert is_canonical(there)
    assert codec.agree(Pair.of(side, value, there), COUNTERPARTS), "once carried, there is nothing to write"

    sent = codec.render(side.other, there, raw)
    kept = world.stores[side.other](sent)
    assert codec.read(side.other, kept) == there, "what the vendor makes of our write is what we foretold"

    back = codec.carry(side.other, there, COUNTERPARTS)
    if not isinstance(back, Unfit | Unresolved):
        assert codec.carry(side, back, COUNTERPARTS) == there, "across, back and across again is across"
