"""What is published of the settings is what the code says."""

from __future__ import annotations

from pathlib import Path

import jsonschema_rs
import pytest
import yaml
from tests.unit.config.test_load import DESIGNED, READY

from pasodoble.config.file import json_schema
from pasodoble.config.reference import render_reference, render_schema
from pasodoble.config.starter import render_sandbox_config, render_starter

ROOT = Path(__file__).parents[3]
STALE = "out of date: run tools/write_settings_reference.py"


def test_the_published_schema_is_current() -> None:
    assert (ROOT / "src/pasodoble/config/pasodoble.schema.json").read_text(encoding="utf-8") == render_schema(), STALE


def test_the_page_of_all_keys_is_current() -> None:
    assert (ROOT / "docs/settings.md").read_text(encoding="utf-8") == render_reference(), STALE


@pytest.mark.parametrize("text", [DESIGNED, render_starter(), render_sandbox_config(READY)])
def test_the_schema_takes_what_the_loader_takes(text: str) -> None:
    jsonschema_rs.validate(json_schema(), yaml.safe_load(text))


def test_the_schema_refuses_an_unknown_key() -> None:
    with pytest.raises(jsonschema_rs.ValidationError, match="contcts"):
        jsonschema_rs.validate(json_schema(), yaml.safe_load(DESIGNED.replace("contacts:", "contcts:")))


def test_every_key_says_what_it_does() -> None:
    schema = json_schema()
    for name, part in schema["$defs"].items():
        for key, value in part.get("properties", {}).items():
            inner = schema["$defs"].get(str(value.get("$ref", "")).rpartition("/")[2], {})
            assert value.get("description") or inner.get("description"), f"{name}.{key}"


def test_the_page_names_every_key() -> None:
    page = render_reference()
    keys = [key for part in json_schema()["$defs"].values() for key in part.get("properties", ())]
    assert keys
    assert all(f"| `{key}` |" in page for key in keys)
