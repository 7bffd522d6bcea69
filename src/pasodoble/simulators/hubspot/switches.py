"""What the public contract leaves open about HubSpot, one switch each, with the documented (or most cautious) default.

Switches are set when the world is built, or later through the door (`/__sandbox__/switches`). What the vendor documents
firmly is no switch and does not belong here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_type_hints


@dataclass(slots=True, kw_only=True)
class Switches:
    """Unsure behaviours of a portal (contract, section 14). One of them a portal; whoever asks it asks each time anew."""

    merge_id: Literal["new", "preserved"] = "new"
    """Whether a merge makes a record with a new id (default) or keeps the primary's (beta accounts)."""
    lifecycle_backward: Literal["ignore", "refuse"] = "ignore"
    """A lifecycle stage written backwards: 200 and the old value stays, or 400."""
    search_lag_s: float = 0.0
    """How long search shows a record as it was before its last change; documented only as "a few moments"."""
    search_disorder: bool = False
    """Whether each change has a lag of its own, between nothing and `search_lag_s`, so that recent rows come out of order."""
    empty_values: Literal["by_edition", "null", "omit"] = "by_edition"
    """A property that was asked for and is empty. The guides say null, the typed models of the dated API allow only
    strings: `by_edition` answers null on numbered paths and leaves it out on dated ones."""
    batch_order: Literal["id", "input", "shuffled"] = "id"
    """Order of a batch answer's results; HubSpot promises none."""
    partial_batches: bool = True
    """Whether write batches with a trace id on every input may end in a 207."""
    retry_after: bool = False
    """Whether a 429 carries `Retry-After`."""
    lock_probability: float = 0.0
    """Share of writes to one record that meet a lock: 423."""
    tier: Literal["starter", "professional", "enterprise"] = "professional"
    """Plan of the account: rate limits, and whether there is event analytics (not on starter)."""
    limit_increases: Literal[0, 1, 2] = 0
    """How often the API limit increase was bought: 250 calls in 10 s, and a million more a day each."""
    form_promotes_email: bool = False
    """Whether a form submitted with a secondary address makes it the contact's primary one; it "can", says HubSpot."""
    company_auto_association: bool = False
    """Whether a contact's email domain finds or makes its company."""
    first_company_primary: bool = True
    """Whether the first company that a contact, deal or ticket is linked to becomes its primary one."""
    developer_keys: Literal["any", "own"] = "any"
    """Which `hapikey` opens the webhook settings. HubSpot knows its own; the sandbox has nowhere to show one to a client
    that was told only of its ready line, so any will do, and `own` takes none but the portal's."""
    import_s: float = 0.0
    """How long an import runs before its rows are there, all at once; HubSpot promises nothing. At 0 its first answer still
    says STARTED, and the next one DONE."""
    access_token_s: int = 1800
    """Life of an OAuth access token."""
    admin_validation: bool = True
    """Whether rules set up by administrators bind writes on paths dated 2026-09 or later."""
    date_off_midnight: Literal["refuse", "truncate"] = "refuse"
    """Epoch milliseconds that are not midnight UTC, written to a date property."""
    webhook_duplicates: float = 0.0
    """Share of webhook requests that are delivered twice."""
    webhook_reorder: bool = False
    webhook_delay_s: float = 0.0
    webhook_retry_speed: float = 1.0
    """How much faster than HubSpot's 24 hours the ten retries run."""

    def set(self, wanted: Mapping[str, Any]) -> None:
        """Set some of them: all, or none when one is unknown or makes no sense. Raises ValueError."""
        kinds = get_type_hints(Switches)
        for name, value in wanted.items():
            if name not in kinds:
                raise ValueError(f"{name} is no switch; there are {', '.join(kinds)}")
            if problem := _problem(kinds[name], value):
                raise ValueError(f"{name} {problem}, not {value!r}")
        for name, value in wanted.items():
            setattr(self, name, value)


def _problem(kind: Any, value: object) -> str:
    """What is wrong with a value of a switch; nothing, mostly."""
    choices = get_args(kind)
    if choices:
        wrong = isinstance(value, bool) or value not in choices
        return f"is one of {', '.join(map(str, choices))}" if wrong else ""
    if kind is bool:
        return "" if isinstance(value, bool) else "is true or false"
    whole = kind is int
    right = isinstance(value, int if whole else int | float) and not isinstance(value, bool) and value >= 0
    return "" if right else f"is a {'whole ' if whole else ''}number from 0 up"
