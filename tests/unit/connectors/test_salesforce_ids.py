"""15 and 18 characters are one id. Pairs as recorded in public traffic."""

from __future__ import annotations

import pytest

from pasodoble.connectors.salesforce.ids import is_id, to_18


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("00Q4S000002sSac", "00Q4S000002sSacUAE"),
        ("0035f00002EztxD", "0035f00002EztxDAAR"),
        ("00UZM000000wuBw", "00UZM000000wuBw2AI"),
    ],
)
def test_checksum(short: str, long: str) -> None:
    assert to_18(short) == to_18(long) == long


@pytest.mark.parametrize("other", ["", "123", "00Q4S000002sSac!", "00Q4S000002sSacUA"])
def test_what_is_no_id_stays_as_it_is(other: str) -> None:
    assert to_18(other) == other
    assert not is_id(other)
