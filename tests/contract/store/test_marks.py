from __future__ import annotations

from tests.contract.store.samples import ACME, NOW, hubspot, later, mark, salesforce

from pasodoble.model.signal import Urgency
from pasodoble.ports import Store


def test_many_signals_on_one_record_are_one_mark(store: Store) -> None:
    with store.transaction(ACME) as tx:
        tx.marks.put([mark(hubspot(1), "form_submitted", Urgency.FORM)], NOW)
        tx.marks.put(
            [mark(hubspot(1)), mark(hubspot(1), "form_submitted"), mark(hubspot(1), "owner_changed")], later(1)
        )
        found = tx.marks.load([hubspot(1)])[hubspot(1)]
        assert found.triggers == ("form_submitted", "periodic_check", "owner_changed")
        assert found.urgency is Urgency.FORM
        assert (found.first_at, found.due_at, found.attempts) == (NOW, None, 0)
        assert tx.marks.count() == 1


def test_most_urgent_come_first_then_the_oldest(store: Store) -> None:
    with store.transaction(ACME) as tx:
        tx.marks.put([mark(hubspot(1), urgency=Urgency.BACKFILL)], NOW)
        tx.marks.put([mark(hubspot(2), urgency=Urgency.EDIT)], later(2))
        tx.marks.put([mark(hubspot(3), urgency=Urgency.EDIT)], later(1))
        tx.marks.put([mark(hubspot(4), urgency=Urgency.MANUAL)], later(3))
        taken = [found.ref for found in tx.marks.take("contacts", 10, later(9))]
        assert taken == [hubspot(4), hubspot(3), hubspot(2), hubspot(1)]
        assert [found.ref for found in tx.marks.take("contacts", 2, later(9))] == taken[:2]
        assert len(tx.marks.take("contacts", 10, later(9), urgency=Urgency.EDIT)) == 3
        assert tx.marks.take("companies", 10, later(9)) == []


def test_mark_that_moved_since_it_was_taken_stays(store: Store) -> None:
    with store.transaction(ACME) as tx:
        tx.marks.put([mark(hubspot(1)), mark(salesforce(1))], NOW)
    with store.transaction(ACME) as tx:
        taken = tx.marks.take("contacts", 10, NOW)
    with store.transaction(ACME) as tx:
        tx.marks.put([mark(hubspot(1), "hubspot_property_changed")], later(1))
    with store.transaction(ACME) as tx:
        tx.marks.clear(taken)
        assert tx.marks.load([hubspot(1), salesforce(1)]).keys() == {hubspot(1)}


def test_sequence_of_a_cleared_mark_never_comes_again(store: Store) -> None:
    """Else a slow worker would clear the next edit along with the one it dealt with."""
    with store.transaction(ACME) as tx:
        tx.marks.put([mark(hubspot(1))], NOW)
        old = tx.marks.take("contacts", 1, NOW)
        tx.marks.clear(old)
        tx.marks.put([mark(hubspot(1))], NOW)
        tx.marks.clear(old)
        assert tx.marks.count() == 1


def test_deferred_mark_is_not_due_before_its_moment(store: Store) -> None:
    with store.transaction(ACME) as tx:
        tx.marks.put([mark(hubspot(1))], NOW)
        [taken] = tx.marks.take("contacts", 1, NOW)
        tx.marks.defer({hubspot(1): (taken.sequence, later(60))})
        assert tx.marks.take("contacts", 1, later(59)) == []
        [again] = tx.marks.take("contacts", 1, later(60))
        assert (again.due_at, again.attempts) == (later(60), 1)
        assert tx.marks.next_due_at() == later(60)


def test_deferring_does_not_touch_a_mark_that_moved(store: Store) -> None:
    with store.transaction(ACME) as tx:
        tx.marks.put([mark(hubspot(1))], NOW)
        [taken] = tx.marks.take("contacts", 1, NOW)
        tx.marks.put([mark(hubspot(1))], later(1))
        tx.marks.defer({hubspot(1): (taken.sequence, later(60))})
        assert [found.attempts for found in tx.marks.take("contacts", 1, later(1))] == [0]


def test_new_signal_makes_a_waiting_retry_due_at_once(store: Store) -> None:
    with store.transaction(ACME) as tx:
        tx.marks.put([mark(hubspot(1), due_at=later(3600))], NOW)
        assert tx.marks.take("contacts", 1, later(1)) == []
        tx.marks.put([mark(hubspot(1), "manual_record", Urgency.MANUAL)], later(2))
        assert len(tx.marks.take("contacts", 1, later(2))) == 1


def test_person_makes_all_retries_of_a_kind_due(store: Store) -> None:
    with store.transaction(ACME) as tx:
        tx.marks.put([mark(hubspot(1), due_at=later(60)), mark(hubspot(2), due_at=later(90)), mark(hubspot(3))], NOW)
        assert tx.marks.make_due("contacts", later(1)) == 2
        assert tx.marks.make_due("companies", later(1)) == 0
        assert len(tx.marks.take("contacts", 10, later(1))) == 3


def test_nothing_to_do_is_nothing_due(store: Store) -> None:
    with store.transaction(ACME) as tx:
        tx.marks.put([], NOW)
        tx.marks.clear([])
        tx.marks.defer({})
        assert tx.marks.next_due_at() is None
        assert tx.marks.load([]) == {}
