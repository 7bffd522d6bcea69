"""The settings document and its stored versions: what is in use, and how the file differs from what the last start kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from difflib import unified_diff

from pasodoble.ports import Store

FORMAT_VERSION = 1
STRUCK_OUT = "***"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The file against the newest stored version. `version` is None where none is stored yet; `lines` as `diff -u` has them."""

    version: int | None
    lines: tuple[str, ...]

    def document(self) -> dict[str, object]:
        """The versioned document of `config diff --json`."""
        return {"format_version": FORMAT_VERSION, "stored_version": self.version, "lines": list(self.lines)}


def compare_settings(store: Store, document: str, name: str, *, secrets: Collection[str] = ()) -> Difference:
    """`document`: the file's text; `name`: what it is called. Texts that are secrets are struck out in the answer."""
    stored = store.load_settings()
    if stored is None:
        return Difference(version=None, lines=())
    version, before = (stored[0], strike_out(stored[1], secrets))
    now = strike_out(document, secrets)
    lines = unified_diff(before.splitlines(), now.splitlines(), f"version {version}", name, lineterm="")
    return Difference(version=version, lines=tuple(lines))


def strike_out(text: str, secrets: Collection[str]) -> str:
    """The text without any of these; the longest goes first, since one may hold another."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, STRUCK_OUT)
    return text
