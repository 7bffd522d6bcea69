"""One line of a mapping, with all that is known of it on both sides: what a merge looks at.

How it is put together from snapshots, base and history is in `view`; the decision is in `merge` and `record`.
"""

from __future__ import annotations

from dataclasses import dataclass

from pasodoble.model.rule import Policy, UpdateRule
from pasodoble.model.side import Pair
from pasodoble.model.value import Value
from pasodoble.reconcile.policy import UNTIMED, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Values are canonical, each in its own side's terms.

    names       the field's name on each side
    now         what counts as each side's value: an edit found under our own write stands here again
    held        what each side really holds; differs from `now` only for such an edit
    carried     carried[side]: what the other side would hold if `side`'s value were carried across; MISSING if it cannot
    base        what each side held at the last agreement; None before the first
    changed     which sides somebody else has changed since the base; None where there is none
    obstacle    per side, the cause why its value cannot be read or carried; "" where it can
    put_back    per side, whether what is held is our own writing of an edit that it had covered before
    writable    per side, whether the field may be written there
    """

    key: str
    names: Pair[str]
    rule: UpdateRule
    now: Pair[Value]
    held: Pair[Value]
    carried: Pair[Value]
    base: Pair[Value] | None = None
    changed: Pair[bool] | None = None
    changed_at: Pair[Span | None] = UNTIMED
    obstacle: Pair[str] = Pair("", "")  # noqa: RUF009 - a frozen value
    writable: Pair[bool] = Pair(True, True)  # noqa: RUF009 - a frozen value
    policy: Policy = Policy.RULE
    put_back: Pair[bool] = Pair(False, False)  # noqa: RUF009 - a frozen value
    dormant: bool = False
