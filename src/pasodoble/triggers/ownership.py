"""Triggers of who a record belongs to, and how far it has come: owner and lifecycle stage.

Which owner or stage wins does not belong here (`reconcile/special`).
"""

from __future__ import annotations

from pasodoble.model.side import SIDES, Side
from pasodoble.model.signal import SignalKind
from pasodoble.triggers.records import changes_the_stage
from pasodoble.triggers.spec import Scene, Trigger, never_off


def _changes_the_owner(scene: Scene) -> bool:
    return bool(scene.changed & scene.watched.owner)


def _is_a_role(scene: Scene) -> bool:
    return scene.signal.detail.get("role") is True


def _lifecycle_on(scene: Scene) -> bool:
    return never_off(scene) and scene.connection.automatic_lifecycle


TRIGGERS = (
    Trigger(
        key="owner_changed",
        sides=SIDES,
        signal=SignalKind.CHANGED,
        condition=_changes_the_owner,
        setting="owners.enabled",
        on=lambda scene: never_off(scene) and scene.connection.owners,
        rules=("T-23", "M-09", "O-07"),
    ),
    Trigger(
        key="lifecycle_stage_changed",
        sides=SIDES,
        signal=SignalKind.CHANGED,
        condition=changes_the_stage,
        setting="lifecycle.automatic",
        on=_lifecycle_on,
        rules=("T-24", "L-01", "L-08"),
    ),
    # The same trigger, seen where it comes from: a person's role on an open or won opportunity (L-02, L-03, L-06).
    Trigger(
        key="lifecycle_stage_changed",
        sides=(Side.SALESFORCE,),
        signal=SignalKind.ASSOCIATED,
        condition=_is_a_role,
        setting="lifecycle.automatic",
        on=_lifecycle_on,
        rules=("T-24", "L-02", "L-03", "L-05", "L-06"),
    ),
)
