"""Triggers of what people do: forms, emails, meetings, calls, notes, tasks, documents. Each switched on by its own key.

The task or event that an activity becomes in Salesforce does not belong here.
"""

from __future__ import annotations

from pasodoble.model.side import Side
from pasodoble.model.signal import SignalKind, Urgency
from pasodoble.triggers.spec import Condition, Scene, Trigger, never_off

_RULES = {
    "marketing_email_sent": ("T-04", "Y-04"),
    "marketing_email_opened": ("T-05", "Y-04"),
    "marketing_email_clicked": ("T-06", "Y-04"),
    "sales_email_sent": ("T-07", "Y-04"),
    "sales_email_opened": ("T-08", "Y-04"),
    "sales_email_clicked": ("T-09", "Y-04"),
    "meeting_scheduled": ("T-10", "Y-04"),
    "call_logged": ("T-11", "Y-04"),
    "note_created": ("T-12", "Y-04"),
    "task_created": ("T-14", "Y-04"),
    "document_viewed": ("T-13", "Y-04"),
}
"""Keys of the activities that have a switch, with the rules they answer to."""


def is_on(activity: str) -> Condition:
    """Whether the activity is switched on in the settings; a map of options without a switch counts as on."""

    def on(scene: Scene) -> bool:
        options = scene.connection.activities.get(activity)
        return never_off(scene) and options is not None and options.get("on", True) is True

    return on


def is_activity(activity: str) -> Condition:
    def condition(scene: Scene) -> bool:
        return scene.signal.detail.get("activity") == activity

    return condition


TRIGGERS = (
    # A form syncs the contact whether or not the submission is to become a task in Salesforce (T-03 names no switch).
    Trigger(
        key="form_submitted",
        sides=(Side.HUBSPOT,),
        signal=SignalKind.ACTIVITY,
        condition=is_activity("form_submitted"),
        urgency=Urgency.FORM,
        rules=("T-03",),
    ),
    *(
        Trigger(
            key=key,
            sides=(Side.HUBSPOT,),
            signal=SignalKind.ACTIVITY,
            condition=is_activity(key),
            setting=f"activities.{key}",
            on=is_on(key),
            rules=rules,
        )
        for key, rules in _RULES.items()
    ),
)
