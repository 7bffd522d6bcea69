from __future__ import annotations

from tools.write_problems import FILE, render

from pasodoble.connectors.hubspot import errors as hubspot
from pasodoble.connectors.salesforce import errors as salesforce
from pasodoble.model.causes import CAUSES


def test_the_page_of_problems_is_current() -> None:
    assert FILE.read_text("utf-8") == render(), "out of date: run tools/write_problems.py"


def test_every_cause_stands_on_the_page_under_its_own_anchor() -> None:
    page = FILE.read_text("utf-8")
    assert [cause for cause in CAUSES if page.count(f'<a id="{cause}"></a>') != 1] == []


def test_every_code_of_a_vendor_leads_to_a_cause_that_there_is() -> None:
    """A code that is misspelled into no cause would be shown as unknown."""
    codes = {**hubspot.CAUSES, **salesforce.CAUSES, **hubspot.CALL_CAUSES, **salesforce.CALL_CAUSES}
    assert {code: cause for code, cause in codes.items() if cause not in CAUSES} == {}
