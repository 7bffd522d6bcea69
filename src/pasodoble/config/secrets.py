"""How the settings refer to secrets, and which texts must never be shown.

A secret stands in the environment, and the file says `${NAME}`. Only a sandbox's tokens, which are none, are written down. Who
strikes the texts out of logs and messages is `observe/redact`; storing tokens encrypted does not belong here either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pasodoble.config.document import Place
from pasodoble.model.settings import Settings

_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
SHORTEST_SECRET = 6
"""Shorter texts are not struck out: they would turn up in every other word."""


def expand_references(data: object, environ: Mapping[str, str]) -> tuple[object, list[tuple[Place, str]]]:
    """The data with every `${NAME}` in a text replaced, and the (place, name) of those that the environment lacks."""
    missing: list[tuple[Place, str]] = []

    def expand(part: object, place: Place) -> object:
        if isinstance(part, dict):
            return {key: expand(value, (*place, key)) for key, value in part.items()}
        if isinstance(part, list):
            return [expand(value, (*place, position)) for position, value in enumerate(part)]
        if not isinstance(part, str):
            return part
        missing.extend((place, name) for name in _REFERENCE.findall(part) if not environ.get(name))
        return _REFERENCE.sub(lambda found: environ.get(found[1], ""), part)

    return expand(data, ()), missing


def collect_secrets(settings: Settings) -> frozenset[str]:
    """Every text that must not be shown anywhere."""
    return frozenset(secret for secret in _iter_secrets(settings) if len(secret) >= SHORTEST_SECRET)


_OPEN_PARTS = frozenset({"client_id", "username", "instance_url", "sf_alias"})
"""Parts of a sign-in that are no secrets."""


def _iter_secrets(settings: Settings) -> Iterator[str]:
    for connection in settings.connections.values():
        yield connection.hubspot.client_secret
        for auth in (connection.hubspot.auth, connection.salesforce.auth):
            yield from (value for part, value in auth.items() if part not in _OPEN_PARTS)
    password = re.search(r"://[^:/@]*:([^@]+)@", settings.database_url)
    if password:
        yield password[1]
