"""Every reason of a verdict has its public id, and a sentence in both languages."""

from __future__ import annotations

import pytest

from pasodoble.model.side import Side
from pasodoble.reconcile.reasons import REST, WHY, Rest, Why
from pasodoble.words import en, es


@pytest.mark.parametrize("reason", [*Why, *Rest])
def test_a_reason_has_a_sentence_in_both_languages(reason: Why | Rest) -> None:
    assert reason.value in en.SENTENCES
    assert reason.value in es.SENTENCES


@pytest.mark.parametrize("side", list(Side))
def test_a_reason_for_a_write_names_the_side_whose_value_counts(side: Side) -> None:
    assert {why: dict(WHY[why, side].params) for why in Why} == {why: {"side": side.value} for why in Why}


def test_a_reason_to_rest_names_no_side() -> None:
    assert all(REST[rest].params == () and REST[rest].id == rest for rest in Rest)
