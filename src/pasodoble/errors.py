"""The whole error tree. Stale, refused and deferred writes are Outcomes, a tripped brake is part of a Plan: values, not these.

Error
├── ConfigError            the operator mends it; found at start, all problems at once
├── MappingError           the user mends it; names rule, field and side, never a customer's value
├── ConnectorError         a vendor could not be spoken to at all (one record's refusal is an Outcome)
│   ├── Unreachable        no answer, or an answer that makes no sense: try again later
│   ├── RateLimited        asked too fast; retry_after_s says when
│   ├── QuotaSpent         the day's calls are gone; resets_at says when
│   ├── AuthLapsed         the sign-in no longer holds: a person must sign in again
│   └── Unsupported        the request itself is wrong: a bug here, or a vendor's contract that changed
├── StoreError             the database cannot be used: locked by another worker, not migrated, not there
└── Undelivered            an alert could not be sent: it is tried again after the next run
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

CHECK: Final = "pasodoble check"
"""The next step where a vendor gave no better one: it says which side cannot be spoken to, and why."""


class Error(Exception):
    """Everything we plan for. `next_step` is the next thing to type or to do, for the person who reads the message."""

    def __init__(self, message: str, *, next_step: str = "") -> None:
        super().__init__(message)
        self.next_step = next_step


class ConfigError(Error):
    """Settings that cannot be used. `problems` lists all that is wrong, each as one line."""

    def __init__(self, message: str, *, problems: tuple[str, ...] = (), next_step: str = "") -> None:
        super().__init__(message, next_step=next_step)
        self.problems = problems


class MappingError(Error):
    """A mapping that cannot be used."""


class ConnectorError(Error):
    """A vendor could not be spoken to. `code` and `request_id` are the vendor's own, "" where it gave none."""

    def __init__(self, message: str, *, code: str = "", request_id: str = "", next_step: str = CHECK) -> None:
        super().__init__(message, next_step=next_step)
        self.code = code
        self.request_id = request_id


class Unreachable(ConnectorError):
    """No answer, or none that makes sense. Where `sent` is true, what was sent may or may not have been done."""

    def __init__(
        self, message: str, *, sent: bool = True, code: str = "", request_id: str = "", next_step: str = CHECK
    ) -> None:
        super().__init__(message, code=code, request_id=request_id, next_step=next_step)
        self.sent = sent


class RateLimited(ConnectorError):
    """Asked too fast. Nothing was done."""

    def __init__(self, message: str, *, retry_after_s: float, code: str = "", request_id: str = "") -> None:
        super().__init__(message, code=code, request_id=request_id)
        self.retry_after_s = retry_after_s


class QuotaSpent(ConnectorError):
    """The vendor's or the user's own allotment is used up. Nothing was done."""

    def __init__(self, message: str, *, resets_at: datetime | None, code: str = "", request_id: str = "") -> None:
        super().__init__(message, code=code, request_id=request_id, next_step="pasodoble limits")
        self.resets_at = resets_at


class AuthLapsed(ConnectorError):
    """The sign-in is refused. Nothing was done."""


class Unsupported(ConnectorError):
    """The vendor does not know this request: object, field, version or shape."""


class StoreError(Error):
    """The database cannot be used."""


class Undelivered(Error):
    """An alert could not be sent. The message names neither the address nor a secret."""


class Locked(StoreError):
    """Another process is the one worker of this SQLite database."""
