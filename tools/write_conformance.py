"""Writes docs/conformance.md: every rule of HubSpot's own Salesforce integration, what we do about it, and the tests that say so.

    python tools/write_conformance.py

A rule is told by a story (`tests/scenario`, in its head), or named by a test: in its name (`test_a11_…`), its docstring or the
name of one of its cases (`id="G-01 …"`). What no story and no test names is listed as such. Nothing is said here by hand but
the families of rules.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.scenario.story import SUFFIX, Story, iter_stories  # noqa: E402 - from the root, wherever this is started

PAGE = ROOT / "docs/conformance.md"
FAMILIES = {
    "T": ("What starts a sync", range(1, 30)),
    "TN": ("What does not", range(1, 13)),
    "N": ("Who never syncs", range(1, 11)),
    "I": ("Inclusion lists", range(1, 12)),
    "M": ("Field lines and update rules", range(1, 26)),
    "MT": ("Types that fit", range(1, 11)),
    "MV": ("Values", range(1, 16)),
    "MD": ("Default lines", range(1, 7)),
    "C": ("People: contacts and leads", range(1, 21)),
    "Z": ("Deletion", range(1, 13)),
    "R": ("Merges", range(1, 9)),
    "A": ("Companies and accounts", range(1, 16)),
    "D": ("Deals and opportunities", range(1, 16)),
    "K": ("Tickets and cases", range(1, 8)),
    "X": ("Custom objects", range(1, 7)),
    "Y": ("Activities", range(1, 15)),
    "CP": ("Campaigns", range(1, 10)),
    "O": ("Owners", range(1, 11)),
    "L": ("Lifecycle", range(1, 9)),
    "G": ("Opt-out", range(1, 4)),
    "E": ("Problems and suspension", (*range(1, 21), *range(30, 36))),
    "U": ("Quirks", range(1, 21)),
}
"""The families of rules by their letters, each with the numbers that there are."""
LETTERS = "|".join(sorted(FAMILIES, key=len, reverse=True))
IN_TEXT = re.compile(rf"\b({LETTERS})-(\d\d)\b")
IN_NAME = re.compile(rf"(?:^test|_)_?({LETTERS.lower()})_?(\d\d)(?=_|$)")


@dataclass(frozen=True, slots=True)
class Test:
    """A test function that names rules. `sentence`: its name in words."""

    path: Path
    name: str
    rules: frozenset[str]

    @property
    def sentence(self) -> str:
        return re.sub(
            rf"\b({LETTERS.lower()}) ?\d\d\b ?", "", self.name.removeprefix("test_").replace("_", " ")
        ).strip()


def iter_tests(root: Path = ROOT) -> Iterator[Test]:
    """Every test function that names a rule, by path."""
    for path in sorted((root / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                rules = frozenset(_find_rules(node))
                if rules:
                    yield Test(path.relative_to(root), node.name, rules)


def _find_rules(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    for letters, digits in IN_NAME.findall(node.name):
        yield f"{letters.upper()}-{digits}"
    texts = [ast.get_docstring(node) or "", *(_find_case_names(node))]
    for letters, digits in IN_TEXT.findall(" ".join(texts)):
        yield f"{letters}-{digits}"


def _find_case_names(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    for decorator in node.decorator_list:
        for part in ast.walk(decorator):
            if isinstance(part, ast.keyword) and part.arg == "id" and isinstance(part.value, ast.Constant):
                yield str(part.value.value)


def render(root: Path = ROOT) -> str:
    stories: dict[str, list[Story]] = defaultdict(list)
    tests: dict[str, list[Test]] = defaultdict(list)
    for story in iter_stories(root / "tests/scenario"):
        for number in story.rules:
            stories[number].append(story)
    for test in iter_tests(root):
        for number in test.rules:
            tests[number].append(test)
    numbers = [f"{letters}-{number:02}" for letters, (_, known) in FAMILIES.items() for number in known]
    told = [n for n in numbers if n in stories or n in tests]
    better = [n for n in told if any(story.standing == "better" for story in stories.get(n, ()))]
    head = [
        "# Conformance",
        "",
        "What HubSpot's own Salesforce integration does, rule by rule, and what Pasodoble does. Written by",
        "`python tools/write_conformance.py` from the stories in `tests/scenario` (plain text: read them) and from the tests that",
        f"name a rule. {len(told)} of {len(numbers)} rules; {len(better)} deliberately done better, each with its reason.",
    ]
    tables = (_render_family(letters, stories, tests) for letters in FAMILIES)
    missing = [n for n in numbers if n not in told]
    tail = ["", "## Named by no test", "", ", ".join(missing) + "." if missing else "None.", ""]
    return "\n".join([*head, *(line for table in tables for line in table), *tail])


def _render_family(letters: str, stories: Mapping[str, list[Story]], tests: Mapping[str, list[Test]]) -> Iterator[str]:
    title, known = FAMILIES[letters]
    numbers = [n for number in known if (n := f"{letters}-{number:02}") in stories or n in tests]
    if not numbers:
        return
    yield from ("", f"## {title}", "", "| rule | in short | what we do | standing | tests |", "|---|---|---|---|---|")
    for number in numbers:
        yield _render_row(number, stories.get(number, []), tests.get(number, []))


def _render_row(number: str, stories: list[Story], tests: list[Test]) -> str:
    links = [_link(story.path.relative_to(ROOT)) for story in stories]
    links += [_link(path) for path in dict.fromkeys(test.path for test in tests)]
    if stories:
        short = _join(story.rules[number] for story in stories)
        what, standing = _join(story.we_do for story in stories), _say_standing(stories)
    else:
        short, what, standing = (
            "",
            _join(f"{test.sentence[:1].upper()}{test.sentence[1:]}." for test in tests),
            "as tested",
        )
    return f"| {number} | {_cell(short)} | {_cell(what)} | {_cell(standing)} | {' · '.join(links)} |"


def _say_standing(stories: Iterable[Story]) -> str:
    return _join(f"better: {s.why}" if s.standing == "better" else "same" for s in stories)


def _join(parts: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(parts))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _link(path: Path) -> str:
    return f"[{path.stem.removesuffix(SUFFIX)}](../{path.as_posix()})"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
