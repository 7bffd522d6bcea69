"""The page on mappings names every converter there is."""

from __future__ import annotations

import re
from pathlib import Path

from pasodoble.mapping.convert.catalogue import CODECS

PAGE = Path(__file__).parents[3] / "docs/mapping.md"


def test_every_converter_is_on_the_page_and_no_other() -> None:
    named = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert named == list(dict.fromkeys(named))
    assert set(named) == set(CODECS)
