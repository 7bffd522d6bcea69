"""Stories: text files that an administrator of a CRM can read and a machine can play. Reading them, and nothing else.

A story begins with its rules, one a line, each with the rule in short; then what we do about it; then what happens:

    M-02  Always use Salesforce
    we do: Salesforce's value stands, even where it is blank
    standing: same

    given Ana is a contact in HubSpot with email = ana@acme.example, jobtitle = CTO
    when they sync
    then in HubSpot Ana has jobtitle = (blank)

`standing` is `same` as HubSpot's own integration, or `better` (deliberately different), and then `why:` says so. `and` goes on
with the word before it; `#` begins a remark. What the sentences mean is said in `deeds` and `checks`; stories that are played
elsewhere (over HTTP, say) have the same head and words of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SUFFIX = ".story"
STANDINGS = ("same", "better")
RULE = re.compile(r"([A-Z]{1,2}-\d\d)  (\S.*)")
ENTRY = re.compile(r"(we do|standing|why): (.+)")
KEYWORDS = ("given", "when", "then")


class NotAStory(Exception):
    """The file does not say what a story must say. Names file and line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One sentence. `word` is `given`, `when` or `then`."""

    number: int
    word: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """rules   by number, the rule in short; we_do, why   sentences for the table of conformance"""

    path: Path
    rules: dict[str, str]
    we_do: str
    standing: str
    why: str
    lines: tuple[Line, ...]

    @property
    def title(self) -> str:
        return ", ".join(f"{number} {short}" for number, short in self.rules.items())


def iter_stories(under: Path = HERE) -> Iterator[Story]:
    """Every story under a directory, by path. Raises NotAStory."""
    for path in sorted(under.rglob(f"*{SUFFIX}")):
        yield parse_story(path)


def parse_story(path: Path) -> Story:
    """Raises NotAStory."""
    rules: dict[str, str] = {}
    entries: dict[str, str] = {}
    lines: list[Line] = []
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text = text.strip()
        if not text or text.startswith("#"):
            continue
        if not lines and (rule := RULE.fullmatch(text)):
            rules[rule[1]] = rule[2]
        elif not lines and (entry := ENTRY.fullmatch(text)):
            entries[entry[1]] = entry[2]
        else:
            lines.append(_parse_line(path, number, text, lines[-1].word if lines else ""))
    story = Story(
        path=path,
        rules=rules,
        we_do=entries.get("we do", ""),
        standing=entries.get("standing", ""),
        why=entries.get("why", ""),
        lines=tuple(lines),
    )
    _ensure_whole(story)
    return story


def _parse_line(path: Path, number: int, text: str, before: str) -> Line:
    word, _, rest = text.partition(" ")
    word = before if word == "and" else word
    if word not in KEYWORDS or not rest:
        raise NotAStory(f"{path}:{number}: a sentence begins with given, when, then or and: {text!r}")
    return Line(number=number, word=word, text=rest)


def _ensure_whole(story: Story) -> None:
    wrong = {
        "no rule is named": not story.rules,
        "it does not say what we do": not story.we_do,
        f"standing is one of {', '.join(STANDINGS)}": story.standing not in STANDINGS,
        "what is better needs a why": story.standing == "better" and not story.why,
        "nothing is expected": not any(line.word == "then" for line in story.lines),
        f"the file is named after its first rule, {next(iter(story.rules), '')}": not story.path.name.startswith(
            next(iter(story.rules), "?")
        ),
    }
    for complaint, holds in wrong.items():
        if holds:
            raise NotAStory(f"{story.path}: {complaint}")
