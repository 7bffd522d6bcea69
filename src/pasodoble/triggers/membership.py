"""Triggers of belonging to something: the inclusion list, an active campaign; and what of it is no trigger.

Who is in a list now is read by the shell, and does not belong here.
"""

from __future__ import annotations

from pasodoble.model.side import Side
from pasodoble.model.signal import SignalKind, Urgency
from pasodoble.triggers.spec import NonTrigger, Scene, Sight, Trigger, never_off


def _joins_the_inclusion_list(scene: Scene) -> bool:
    return scene.settings is not None and scene.signal.detail.get("list") == scene.settings.inclusion_list


def _has_a_list(scene: Scene) -> bool:
    return never_off(scene) and scene.settings is not None and scene.settings.inclusion_list is not None


def _joins_an_active_campaign_by_form(scene: Scene) -> bool:
    return scene.signal.detail.get("active") is True and scene.signal.detail.get("by_form") is True


def _is_setting(what: str) -> NonTrigger:
    return NonTrigger(
        key=what,
        sides=(),
        signal=SignalKind.SETTINGS,
        condition=lambda scene: scene.signal.detail.get("what") == what,
        rules=_SETTING_RULES[what],
    )


_SETTING_RULES = {
    "list_chosen": ("TN-05", "I-04"),
    "mapping_edited": ("TN-06", "M-16"),
    "app_installed": ("TN-07", "TN-12"),
}

TRIGGERS = (
    Trigger(
        key="inclusion_list_joined",
        sides=(Side.HUBSPOT,),
        signal=SignalKind.LIST_JOINED,
        condition=_joins_the_inclusion_list,
        setting="inclusion_list",
        on=_has_a_list,
        sights=(Sight.POLL,),
        rules=("T-21", "I-04"),
    ),
    Trigger(
        key="campaign_joined_by_form",
        sides=(Side.HUBSPOT,),
        signal=SignalKind.CAMPAIGN_JOINED,
        condition=_joins_an_active_campaign_by_form,
        setting="campaigns.forms",
        on=lambda scene: never_off(scene) and bool(scene.connection.campaign_of_form),
        urgency=Urgency.FORM,
        rules=("T-22", "CP-02", "CP-04"),
    ),
)

NON_TRIGGERS = (
    NonTrigger(
        key="campaign_left", sides=(Side.SALESFORCE,), signal=SignalKind.CAMPAIGN_LEFT, rules=("TN-03", "CP-07")
    ),
    *(_is_setting(what) for what in _SETTING_RULES),
)
