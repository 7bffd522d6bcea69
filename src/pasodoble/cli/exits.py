"""The exit codes of every command: public, and stable."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    DONE = 0
    FAILED = 1
    CHANGES_PENDING = 2
    """Only with --detailed-exitcode."""
    NEEDS_ATTENTION = 3
    """Finished, but some records that this run touched need attention."""
    CONFIGURATION = 4
    """The settings or a sign-in are wrong."""
    USAGE = 64
    INTERRUPTED = 130
