"""The sign-in that the `sf` command line holds, borrowed by alias: nothing of it is written down here.

Source: `sf org display --json` of @salesforce/cli 2. How the token is used is `auth.py`'s matter.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Final

from pasodoble.errors import AuthLapsed

_TIMEOUT_S: Final = 60


def read_cli_login(alias: str) -> tuple[str, str]:
    """(access token, instance URL) of the org that `sf` knows by this alias or user name. Raises AuthLapsed."""
    command = shutil.which("sf")
    if command is None:
        raise AuthLapsed(
            "The `sf` command is not on the path, so its sign-in cannot be used",
            code="NO_CLI",
            next_step="pasodoble connect salesforce",
        )
    try:
        done = subprocess.run(  # noqa: S603  # our own words; the alias is one argument and goes through no shell
            [command, "org", "display", "--target-org", alias, "--json"],
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
        result = json.loads(done.stdout).get("result") or {}
    except (OSError, ValueError, AttributeError, subprocess.TimeoutExpired) as error:
        raise _no_login(alias) from error
    token, address = str(result.get("accessToken") or ""), str(result.get("instanceUrl") or "")
    if "!" not in token or not address:  # newer versions may show [REDACTED] in its place
        raise _no_login(alias)
    return token, address


def _no_login(alias: str) -> AuthLapsed:
    return AuthLapsed(
        f"`sf` has no usable sign-in for {alias!r}", code="NO_CLI_LOGIN", next_step=f"sf org login web --alias {alias}"
    )
