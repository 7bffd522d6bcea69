"""SOQL is built from parts: what a value holds never becomes syntax."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasodoble.connectors.salesforce.soql import All, Any, Compare, In, Select, literal, name, split_by_size
from pasodoble.errors import Unsupported
from pasodoble.simulators.salesforce.soql.parse import parse_query as read_soql


def test_whole_query_is_rendered_in_one_order() -> None:
    at = datetime(2026, 5, 4, 12, 0, 1, 999_000, tzinfo=timezone(timedelta(hours=2)))
    where = Any((All((Compare("SystemModstamp", "=", at), Compare("Id", ">", "001"))), In("Email", ["a", "b"])))
    select = Select(fields=("Name", "Id", "Id"), object="Lead", where=where, order=("SystemModstamp", "Id"), limit=2000)
    assert str(select) == (
        "SELECT Id, Name FROM Lead WHERE ((SystemModstamp = 2026-05-04T10:00:01Z AND Id > '001') "
        "OR Email IN ('a','b')) ORDER BY SystemModstamp, Id LIMIT 2000"
    )


@pytest.mark.parametrize(("value", "text"), [(None, "null"), (True, "true"), (7, "7"), ("O'Brien", "'O\\'Brien'")])
def test_literals(value: object, text: str) -> None:
    assert literal(value) == text  # type: ignore[arg-type]


@given(st.text())
def test_text_comes_out_of_a_real_parser_as_it_went_in(text: str) -> None:
    query = read_soql(str(Select(fields=("Id",), object="Lead", where=Compare("LastName", "=", text))))
    assert repr(text) in repr(query)


@pytest.mark.parametrize("bad", ["Id FROM User", "Name'", "", "a b", "x;y", "É"])
def test_what_is_no_name_is_refused(bad: str) -> None:
    with pytest.raises(Unsupported):
        name(bad)


@given(st.lists(st.text(min_size=1, max_size=30)), st.integers(min_value=10, max_value=300))
def test_parts_keep_all_values_in_order_and_fit(values: list[str], chars: int) -> None:
    parts = list(split_by_size(values, chars))
    assert [value for part in parts for value in part] == values
    for part in parts:
        assert len(part) == 1 or sum(len(quote(literal(value))) + 3 for value in part) <= chars
