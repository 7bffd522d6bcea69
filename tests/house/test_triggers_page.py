"""The published page of triggers is what the declarations say now, and names every one of them."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from pasodoble.model.side import SIDES
from pasodoble.triggers.catalogue import NON_TRIGGERS, TRIGGERS
from pasodoble.triggers.spec import Sight

ROOT = Path(__file__).parents[2]


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("write_triggers", ROOT / "tools/write_triggers.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = load_tool()


def test_the_page_is_current() -> None:
    page = (ROOT / "docs/triggers.md").read_text(encoding="utf-8")
    assert page == TOOL.render(), "out of date: run tools/write_triggers.py"


@pytest.mark.parametrize("key", sorted({declared.key for declared in (*TRIGGERS, *NON_TRIGGERS)}))
def test_every_key_has_a_line(key: str) -> None:
    assert f"| `{key}` |" in TOOL.render()


def test_every_trigger_that_a_vendor_can_tell_says_how_it_is_observed_there() -> None:
    told = [(way.key, side) for way in TRIGGERS if Sight.POLL in way.sights for side in way.sides]
    assert [(key, side) for key, side in told if key not in TOOL.OBSERVED[side]] == []
    assert set(SIDES) == set(TOOL.OBSERVED)
