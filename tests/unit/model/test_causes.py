"""The catalogue of causes is complete and consistent in itself."""

from pasodoble.model.cause import Category, Disposition
from pasodoble.model.causes import _ROWS, CAUSES, get_cause


def test_no_id_stands_twice() -> None:
    assert len(CAUSES) == len(_ROWS)


def test_every_category_has_a_cause() -> None:
    assert {cause.category for cause in CAUSES.values()} == set(Category)


def test_every_disposition_is_used() -> None:
    assert {cause.disposition for cause in CAUSES.values()} == set(Disposition)


def test_only_a_suspension_pauses_a_side_or_stops() -> None:
    for cause in CAUSES.values():
        whole = cause.disposition in {Disposition.PAUSE_SIDE, Disposition.STOP}
        assert whole == (cause.category is Category.SUSPENSION), cause.id


def test_an_id_of_a_newer_version_is_unknown() -> None:
    assert get_cause("value.from_the_future").id == "unknown"
