"""How far along companies and their people are: which lifecycle stage follows from others (L-08). Never backwards (L-04).

What an opportunity asks for, and the order of the stages, does not belong here (`special`).
"""

from __future__ import annotations

from collections.abc import Iterable

from pasodoble.reconcile.special import STAGES


def raise_stage(stage: str | None, wished: Iterable[str | None]) -> str | None:
    """The furthest of the wished stages where it is further than this one; None where it stays as it is.

    A stage of one's own making has no place in the order: it moves nobody, and nobody moves it.
    """
    known = [STAGES.index(one) for one in wished if one in STAGES]
    if not known or (stage is not None and stage not in STAGES):
        return None
    furthest = STAGES[max(known)]
    return furthest if stage is None or STAGES.index(furthest) > STAGES.index(stage) else None
