"""Triggers of a record itself: made, changed, gone, back, merged, converted; and what changes without being one.

Whether the record may sync does not belong here (`reconcile/gates`).
"""

from __future__ import annotations

from pasodoble.model.side import SIDES, Side
from pasodoble.model.signal import SignalKind
from pasodoble.triggers.spec import NonTrigger, Scene, Trigger, never_off

_HUBSPOT, _SALESFORCE = (Side.HUBSPOT,), (Side.SALESFORCE,)


def changes_a_watched_field(scene: Scene) -> bool:
    """A change whose fields are not told may be of any: it is looked at rather than missed."""
    return not scene.changed or bool(scene.changed & scene.watched.fields)


def changes_the_stage(scene: Scene) -> bool:
    return bool(scene.changed & scene.watched.stage)


def _changes_only_formulas(scene: Scene) -> bool:
    return bool(scene.changed) and scene.changed <= scene.watched.calculated


def _changes_nothing_watched(scene: Scene) -> bool:
    return bool(scene.changed) and not scene.changed & (scene.watched.fields | scene.watched.calculated)


def _may_make_in_hubspot(scene: Scene) -> bool:
    return never_off(scene) and scene.settings is not None and scene.settings.create_in_hubspot


def _may_make_in_salesforce(scene: Scene) -> bool:
    return never_off(scene) and scene.settings is not None and bool(scene.settings.create_in_salesforce)


TRIGGERS = (
    Trigger(
        key="hubspot_property_changed",
        sides=_HUBSPOT,
        signal=SignalKind.CHANGED,
        condition=changes_a_watched_field,
        rules=("T-15", "T-29"),
    ),
    Trigger(
        key="salesforce_field_changed",
        sides=_SALESFORCE,
        signal=SignalKind.CHANGED,
        condition=changes_a_watched_field,
        rules=("T-16", "T-17", "T-29"),
    ),
    Trigger(
        key="salesforce_record_created",
        sides=_SALESFORCE,
        signal=SignalKind.CREATED,
        setting="create_in_hubspot",
        on=_may_make_in_hubspot,
        rules=("T-18", "T-28"),
    ),
    Trigger(
        key="hubspot_record_created",
        sides=_HUBSPOT,
        signal=SignalKind.CREATED,
        setting="create_in_salesforce",
        on=_may_make_in_salesforce,
        rules=("T-19",),
    ),
)

TIES = (Trigger(key="association_changed", sides=SIDES, signal=SignalKind.ASSOCIATED, rules=("A-11", "D-02", "D-08")),)

LOSSES = (
    Trigger(
        key="record_deleted", sides=SIDES, signal=SignalKind.DELETED, setting="when_deleted", rules=("Z-01", "Z-03")
    ),
    Trigger(key="record_restored", sides=SIDES, signal=SignalKind.RESTORED, rules=("Z-10",)),
    Trigger(key="records_merged", sides=SIDES, signal=SignalKind.MERGED, rules=("R-01", "R-04", "TN-11")),
    Trigger(key="lead_converted", sides=_SALESFORCE, signal=SignalKind.CONVERTED, rules=("C-10", "C-11")),
)

NON_TRIGGERS = (
    NonTrigger(
        key="formula_result_changed",
        sides=_SALESFORCE,
        signal=SignalKind.CHANGED,
        condition=_changes_only_formulas,
        rules=("TN-01", "TN-02"),
    ),
    NonTrigger(
        key="unmapped_field_changed",
        sides=SIDES,
        signal=SignalKind.CHANGED,
        condition=_changes_nothing_watched,
        rules=("TN-04",),
    ),
)
