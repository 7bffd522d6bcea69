"""The eight cases of a pair, and what is left of a lost record."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest

from pasodoble.model.link import LinkState
from pasodoble.model.record import Gone, Loss, Seen, Snapshot
from pasodoble.model.ref import Ref
from pasodoble.model.settings import OnDelete
from pasodoble.model.side import Pair, Side
from pasodoble.reconcile.presence import (
    CASES,
    Existence,
    Follow,
    LookAgain,
    Match,
    Merge,
    Nothing,
    OutOfSight,
    Remove,
    Reopen,
    Rest,
    Retire,
    Tie,
    decide_presence,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
REFS = Pair(Ref(Side.HUBSPOT, "contacts", "101"), Ref(Side.SALESFORCE, "Lead", "00Q1"))
INTO = Pair(Ref(Side.HUBSPOT, "contacts", "202"), Ref(Side.SALESFORCE, "Contact", "0031"))
DELETE = Pair(OnDelete.DELETE, OnDelete.DELETE)
NOT_EDITED = Pair(False, False)


def here(side: Side) -> Snapshot:
    return Snapshot(ref=REFS[side], fields={}, modified_at=NOW, seen_at=NOW)


def gone(side: Side, how: Loss = Loss.DELETED) -> Gone:
    into = INTO[side] if how in (Loss.MERGED, Loss.CONVERTED) else None
    return Gone(ref=REFS[side], how=how, seen_at=NOW, into=into)


def lost(side: Side, how: Loss = Loss.DELETED) -> Pair[Seen | None]:
    """Gone on that side, alive on the other."""
    return Pair.of(side, gone(side, how), here(side.other))


def decide(
    seen: Pair[Seen | None],
    state: LinkState | None = LinkState.LINKED,
    *,
    edited: Pair[bool] = NOT_EDITED,
    when_deleted_in: Pair[OnDelete] = DELETE,
    confirmed: bool = True,
    unpaired: bool = False,
) -> Existence:
    return decide_presence(
        state, seen, edited=edited, when_deleted_in=when_deleted_in, confirmed=confirmed, unpaired=unpaired
    )


sides = pytest.mark.parametrize("side", list(Side))


def test_there_is_a_case_with_a_story_for_everything() -> None:
    assert set(CASES) == set(product(Tie, (True, False), (True, False)))
    assert all(case.story.endswith(".") for case in CASES.values())


def test_the_cases_do_not_favour_a_side() -> None:
    for (tie, hubspot, salesforce), case in CASES.items():
        assert CASES[tie, salesforce, hubspot].then is case.then


def test_two_that_live_are_merged() -> None:
    assert decide(Pair(*(here(s) for s in Side))) == Merge()


@pytest.mark.parametrize("seen", [lost(Side.HUBSPOT), lost(Side.SALESFORCE), Pair(*(here(s) for s in Side))])
def test_what_is_not_linked_is_matched(seen: Pair[Seen | None]) -> None:
    assert decide(seen, None) == Match()


def test_what_came_and_went_unseen_is_nothing() -> None:
    assert decide(Pair(None, gone(Side.SALESFORCE)), None) == Nothing()


@sides
def test_a_deletion_follows_only_where_the_settings_say_so(side: Side) -> None:
    found = decide(lost(side))
    assert isinstance(found, Remove)
    assert found.ref == REFS[side.other]
    left = decide(lost(side), when_deleted_in=DELETE.put(side, OnDelete.NOTHING))
    assert isinstance(left, Retire)
    assert not left.contested


@sides
def test_edit_survives_deletion_on_the_other_side(side: Side) -> None:
    found = decide(lost(side), edited=NOT_EDITED.put(side.other, True))
    assert isinstance(found, Retire)
    assert found.contested


@sides
def test_a_deletion_needs_proof(side: Side) -> None:
    assert decide(lost(side), confirmed=False) == LookAgain(side, decide(lost(side), confirmed=False).reason)  # type: ignore[union-attr]


@sides
def test_out_of_sight_is_never_gone(side: Side) -> None:
    for confirmed, seen in product((True, False), (lost(side, Loss.UNSEEN), Pair.of(side, None, here(side.other)))):
        found = decide(seen, confirmed=confirmed)
        assert isinstance(found, OutOfSight)
        assert found.side is side


@sides
@pytest.mark.parametrize("how", [Loss.MERGED, Loss.CONVERTED])
def test_the_link_follows_a_merge_or_a_conversion(side: Side, how: Loss) -> None:
    for confirmed in (True, False):
        found = decide(lost(side, how), confirmed=confirmed)
        assert isinstance(found, Follow)
        assert (found.side, found.into) == (side, INTO[side])


@sides
def test_a_merged_record_is_followed_even_when_its_partner_is_gone(side: Side) -> None:
    found = decide(Pair.of(side, gone(side, Loss.MERGED), gone(side.other)))
    assert isinstance(found, Follow)
    assert found.side is side


def test_both_gone_is_remembered() -> None:
    assert isinstance(decide(Pair(*(gone(s) for s in Side))), Retire)


@sides
def test_both_gone_but_one_only_out_of_sight_is_not_given_up(side: Side) -> None:
    assert isinstance(decide(Pair.of(side, gone(side, Loss.UNSEEN), gone(side.other))), OutOfSight)


@sides
def test_what_was_deleted_is_not_made_again(side: Side) -> None:
    found = decide(lost(side), LinkState.RETIRED)
    assert isinstance(found, Rest)
    assert decide(Pair(*(gone(s) for s in Side)), LinkState.RETIRED) == Nothing()


def test_a_restored_record_goes_on_with_its_old_partner() -> None:
    assert isinstance(decide(Pair(*(here(s) for s in Side)), LinkState.RETIRED), Reopen)


def test_what_a_person_has_unpaired_stays_unpaired() -> None:
    found = decide(Pair(*(here(s) for s in Side)), LinkState.RETIRED, unpaired=True)
    assert isinstance(found, Rest)
    assert found.reason.id == "presence.unpaired"


def test_nothing_but_a_proven_deletion_ever_deletes() -> None:
    """Every state, loss, setting, edit and proof there is: a Remove needs a confirmed DELETED and the setting for its side."""
    kinds = (None, "here", *Loss)
    for state, hubspot, salesforce, confirmed, setting in product(
        (None, *LinkState), kinds, kinds, (True, False), product(OnDelete, OnDelete)
    ):
        seen: Pair[Seen | None] = Pair(
            *(
                here(s) if how == "here" else None if how is None else gone(s, Loss(how))
                for s, how in zip(Side, (hubspot, salesforce), strict=True)
            )
        )
        found = decide(seen, state, confirmed=confirmed, when_deleted_in=Pair(*setting))
        if isinstance(found, Remove):
            side = found.ref.side.other
            assert confirmed
            assert isinstance(seen[side], Gone) and seen[side].how is Loss.DELETED  # type: ignore[union-attr]
            assert Pair(*setting)[side] is OnDelete.DELETE
            assert state not in (None, LinkState.RETIRED)


BOTH_HERE: Pair[Seen | None] = Pair(*(here(s) for s in Side))
BOTH_GONE: Pair[Seen | None] = Pair(*(gone(s) for s in Side))
EDITED = Pair(True, True)


@sides
def test_every_case_gives_its_own_reason_and_names_the_side_that_lost_the_record(side: Side) -> None:
    def reason_of(found: Existence) -> tuple[str, dict[str, str]]:
        reason = found.reason  # type: ignore[union-attr]  # those without one fail the test
        return str(reason.id).removeprefix("presence."), dict(reason.params)

    here_lost = {"side": side.value}
    spare = DELETE.put(side, OnDelete.NOTHING)
    assert reason_of(decide(lost(side, Loss.UNSEEN))) == ("unseen", here_lost)
    assert reason_of(decide(lost(side), confirmed=False)) == ("look_again", here_lost)
    assert reason_of(decide(lost(side))) == ("delete_follows", here_lost)
    assert reason_of(decide(lost(side), edited=EDITED)) == ("edit_outlives", here_lost)
    assert reason_of(decide(lost(side), when_deleted_in=spare)) == ("deleted_elsewhere", here_lost)
    assert reason_of(decide(lost(side, Loss.MERGED))) == ("merged", here_lost)
    assert reason_of(decide(lost(side, Loss.CONVERTED))) == ("converted", here_lost)
    assert reason_of(decide(Pair.of(side, gone(side, Loss.UNSEEN), gone(side.other)))) == ("unseen", here_lost)
    assert reason_of(decide(lost(side), LinkState.RETIRED)) == ("tombstone", {})
    assert reason_of(decide(BOTH_GONE)) == ("both_gone", {})
    assert reason_of(decide(BOTH_HERE, LinkState.RETIRED)) == ("restored", {})


def test_what_is_not_said_is_the_careful_answer() -> None:
    """Left to the defaults, nothing is taken for proven, and a retired pair of which both live goes on."""
    loss = lost(Side.SALESFORCE)
    assert isinstance(decide_presence(LinkState.LINKED, loss, edited=NOT_EDITED), LookAgain)
    assert isinstance(decide_presence(LinkState.LINKED, loss, edited=NOT_EDITED, confirmed=True), Retire)
    assert isinstance(decide_presence(LinkState.RETIRED, BOTH_HERE, edited=NOT_EDITED), Reopen)
    assert Retire(decide(BOTH_GONE).reason).contested is False  # type: ignore[union-attr]  # a Retire
