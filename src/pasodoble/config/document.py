"""The settings document: YAML text to plain data that remembers on which line each part stands.

Of YAML only what settings need: no tags, no aliases, no dates, no octal or sexagesimal numbers; `on` and `off` stay words, so
that an option called "off" or a country called "NO" is what it says. What the parts mean does not belong here (`file`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from pasodoble.errors import ConfigError

Place = tuple[str | int, ...]
"""Where a part stands: keys and positions from the top."""

SIZE_LIMIT_BYTES = 1_000_000
DEPTH_LIMIT = 40
_EDIT = "mend the file, then: pasodoble config show"


class _Refused(Exception):
    """YAML that could be read, and is not wanted; at the line, from 1, of an event or node of PyYAML's."""

    def __init__(self, text: str, at: yaml.Event | yaml.Node) -> None:
        super().__init__(text)
        self.line = at.start_mark.line + 1 if at.start_mark else 1


class _Loader(yaml.SafeLoader):
    """A safe loader with the few scalars of YAML 1.2's core schema."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own attribute


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", [*"tTfF"]),
    ("null", r"~|null|Null|NULL|", [*"~nN", ""]),
    ("int", r"[-+]?(0|[1-9][0-9]*)", [*"-+0123456789"]),
    ("float", r"[-+]?(0|[1-9][0-9]*)\.[0-9]+", [*"-+0123456789"]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})$"), _first)


@dataclass(frozen=True, slots=True)
class Document:
    """data   plain data as the YAML says; lines   the line (from 1) on which each part begins."""

    data: object
    lines: dict[Place, int] = field(default_factory=dict)

    def find_line(self, place: Place) -> int | None:
        """The line of that part, or of the nearest part around it that is written down."""
        for end in range(len(place), 0, -1):
            if line := self.lines.get(place[:end]):
                return line
        return None


def parse_document(text: str, name: str = "settings") -> Document:
    """Raises ConfigError; `name` is the file's, for its messages."""
    if len(text.encode("utf-8", "surrogatepass")) > SIZE_LIMIT_BYTES:
        raise ConfigError(f"{name} is larger than {SIZE_LIMIT_BYTES:,} bytes", next_step=_EDIT)
    try:
        node = _compose(text)
        lines = dict(_iter_lines(node, ()))
        return Document(_Loader("").construct_document(node) if node else None, lines)
    except _Refused as refused:
        problem = f"{name}:{refused.line}: {refused}"
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = f"{name}:{line}: {error.problem}"
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        problem = f"{name}: {error}"
    raise ConfigError("The settings file is not YAML that can be read.", problems=(problem,), next_step=_EDIT)


def _compose(text: str) -> yaml.Node | None:
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused("anchors and aliases are not read here", event)
        if getattr(event, "tag", None):
            raise _Refused("tags are not read here", event)
    return yaml.compose(text, Loader=_Loader)


def _iter_lines(node: yaml.Node | None, place: Place) -> Iterator[tuple[Place, int]]:
    """Every part with its line. Raises _Refused for a key that is there twice, and for endless nesting."""
    if node is None:
        return
    if len(place) > DEPTH_LIMIT:
        raise _Refused("nested too deeply", node)
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if name in seen:
                raise _Refused(f"{name!r} is there twice", key)
            seen.add(name)
            yield (*place, name), key.start_mark.line + 1
            yield from _iter_lines(value, (*place, name))
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            yield (*place, position), value.start_mark.line + 1
            yield from _iter_lines(value, (*place, position))
