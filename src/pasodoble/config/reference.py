"""The settings described for people and editors: the published JSON Schema, and the page of all keys made from it.

Both are generated from `file`, and a test says when they are out of date; `tools/write_settings_reference.py` writes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pasodoble.config.file import json_schema

_HEAD = """\
# Settings

All keys of `pasodoble.yaml`. This page is generated from the code (`tools/write_settings_reference.py`); so is the JSON Schema,
`pasodoble/config/pasodoble.schema.json` in the package, which editors use to complete and check the file as you type:

```yaml
# yaml-language-server: $schema=pasodoble.schema.json
```

A part that several keys share is described where it comes first (`fields[]` under `contacts`).

The file is `--config FILE`, else what `PASODOBLE_CONFIG` names, else `pasodoble.yaml` in the working directory. Storage:
`PASODOBLE_DATABASE_URL`, by default a SQLite file under `.pasodoble/` there. `${NAME}` anywhere in a text is taken from the
environment: secrets never stand in the file. An unknown key is an error. Switches are `on`, `off`, `true` or `false`; durations
are `90s`, `15m`, `1h` or `1d`.
"""
_NAME = "*name*"


def render_schema() -> str:
    """The JSON Schema as it is published."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def render_reference() -> str:
    """`docs/settings.md`."""
    schema = json_schema()
    parts = [_HEAD]
    for path, part in _iter_parts(schema, schema, "", set()):
        parts.append(f"## `{path}`\n" if path else "## The file\n")
        if part.get("description"):
            parts.append(f"{_join(part['description'])}\n")
        parts.append(_render_table(part, schema))
    return "\n".join(parts)


def _iter_parts(
    part: dict[str, Any], schema: dict[str, Any], path: str, seen: set[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every part of the file that has keys of its own, once, with the first path to it, each before those inside it."""
    yield path, part
    for key, value in part["properties"].items():
        place, inner = _find_inner(value, schema, f"{path}.{key}".lstrip("."))
        if inner is not None and inner["title"] not in seen:
            seen.add(inner["title"])
            yield from _iter_parts(inner, schema, place, seen)


def _find_inner(value: dict[str, Any], schema: dict[str, Any], path: str) -> tuple[str, dict[str, Any] | None]:
    """The part that a key holds, itself or in a list, a map or an alternative."""
    value = _resolve(value, schema)
    if "properties" in value:
        return path, value
    if isinstance(value.get("items"), dict):
        return _find_inner(value["items"], schema, f"{path}[]")
    for named in ("additionalProperties", "patternProperties"):
        if isinstance(value.get(named), dict):
            inside = value[named] if named == "additionalProperties" else next(iter(value[named].values()))
            return _find_inner(inside, schema, f"{path}.{_NAME}")
    found = (_find_inner(one, schema, path) for one in value.get("anyOf", ()))
    return next((one for one in found if one[1] is not None), (path, None))


def _resolve(value: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    return schema["$defs"][value["$ref"].rpartition("/")[2]] if "$ref" in value else value


def _render_table(part: dict[str, Any], schema: dict[str, Any]) -> str:
    rows = ["| key | what it takes | default | what it does |", "|---|---|---|---|"]
    required = part.get("required", ())
    for key, value in part["properties"].items():
        default = "*required*" if key in required else _render_default(value, schema)
        about = _join(value.get("description") or _resolve(value, schema).get("description", ""))
        rows.append(f"| `{key}` | {_render_type(value, schema)} | {default} | {about} |")
    return "\n".join(rows) + "\n"


def _render_default(value: dict[str, Any], schema: dict[str, Any]) -> str:
    default = value.get("default")
    if default in (None, "", [], {}):
        return ""
    if isinstance(default, dict):
        return "off" if default.get("enabled") is False else ""
    if isinstance(default, bool):
        return "on" if default else "off"
    return f"`{', '.join(default)}`" if isinstance(default, list) else f"`{default}`"


_TYPES = {"string": "text", "integer": "number", "array": "list", "object": "map", "null": "null", "boolean": "switch"}


def _render_type(value: dict[str, Any], schema: dict[str, Any]) -> str:
    value = _resolve(value, schema)
    if "const" in value:
        return f"`{value['const']}`" if value["const"] != "" else "null"
    if "enum" in value:
        words = [word for word in value["enum"] if isinstance(word, str)]
        if True in value["enum"]:
            return "`auto` or a switch" if "auto" in words else "switch"
        return ", ".join(f"`{word}`" for word in words if word)
    if "anyOf" in value:
        return " or ".join(
            dict.fromkeys(kind for one in value["anyOf"] if (kind := _render_type(one, schema)) != "null")
        )
    if "smhd" in value.get("pattern", ""):
        return "duration"
    if "items" in value:
        return f"list of {_render_type(value['items'], schema)}"
    kind = value.get("type", "")
    return _TYPES[kind[0] if isinstance(kind, list) else kind]


def _join(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
