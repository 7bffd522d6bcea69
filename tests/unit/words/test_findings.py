"""Every finding and every fault of an import can be said, in both languages, with what it carries."""

from __future__ import annotations

import inspect
import re
from types import ModuleType

import pytest

from pasodoble.mapping import transfer
from pasodoble.mapping.finding import IDS
from pasodoble.words import findings_en, findings_es

COMMON = {"kind", "side", "object", "key", "field"}


def test_what_can_be_found_can_be_said() -> None:
    said = {id.removeprefix("finding.") for id in findings_en.FINDINGS if id.startswith("finding.")}
    assert said == IDS | {f"{id}.fix" for id in IDS}


def test_what_an_import_can_refuse_can_be_said() -> None:
    wanted = set(re.findall(r'"(import\.[a-z_]+)"', inspect.getsource(transfer)))
    assert {id for id in findings_en.FINDINGS if id.startswith("import.")} == wanted


def test_both_languages_say_the_same_things_of_the_same_parts() -> None:
    assert list(findings_en.FINDINGS) == list(findings_es.FINDINGS)
    for id, sentence in findings_en.FINDINGS.items():
        assert set(re.findall(r"{(\w+)}", findings_es.FINDINGS[id])) <= COMMON | set(
            re.findall(r"{(\w+)}", sentence)
        ), id


@pytest.mark.parametrize("module", [findings_en, findings_es], ids=["en", "es"])
def test_sentences_are_plain(module: ModuleType) -> None:
    for id, sentence in module.FINDINGS.items():
        assert sentence == sentence.strip()
        assert not sentence.endswith("."), id
