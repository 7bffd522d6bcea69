"""When to try again: a pure function of how often it was tried.

Full jitter between half a minute and six hours; after ten tries once a day. A change of the record, the mapping or the
schema puts the mark anew and so starts from the beginning.
"""

from __future__ import annotations

from datetime import datetime, timedelta

FIRST_S = 30.0
LONGEST_S = 6 * 3600.0
TRIES = 10
DAILY = timedelta(days=1)


def next_try_at(attempts: int, now: datetime, dice: float) -> datetime:
    """The moment of the next try after `attempts` that failed (1 or more). `dice`: a draw between 0 and 1."""
    if attempts > TRIES:
        return now + DAILY
    ceiling_s = min(LONGEST_S, FIRST_S * 2.0 ** (attempts - 1))
    return now + timedelta(seconds=max(1.0, ceiling_s * (0.5 + 0.5 * dice)))
