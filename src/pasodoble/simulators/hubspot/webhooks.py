"""An app's webhook settings and subscriptions, and which subscriptions a change concerns.

How an event is spelled is `webhook_events`, how it gets to the target `webhook_delivery`, the API `api/webhooks`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from pasodoble.simulators.hubspot.changes import Change
from pasodoble.simulators.hubspot.errors import Refusal

MAX_SUBSCRIPTIONS: Final = 1_000
DEFAULT_CONCURRENCY: Final = 10
MIN_CONCURRENCY: Final = 6
UNSUBSCRIBABLE: Final = frozenset({"num_unique_conversion_events", "hs_lastmodifieddate"})
GENERIC_UNSUBSCRIBABLE: Final = frozenset({"hs_email_html", "hs_email_subject", "hs_communication_body"})

LEGACY: Final = {
    "0-1": "contact",
    "0-2": "company",
    "0-3": "deal",
    "0-5": "ticket",
    "0-7": "product",
    "0-8": "line_item",
}
"""Types with subscription words of their own; all others are reached by `object.*` only."""
_TYPE_IDS: Final = {word: type_id for type_id, word in LEGACY.items()}
_VERBS: Final = ("creation", "deletion", "merge", "propertyChange", "restore")
_ASSOCIATED: Final = ("contact", "company", "deal", "ticket", "line_item", "object")
EVENT_TYPES: Final = frozenset(
    [
        *(f"{word}.{verb}" for word in (*LEGACY.values(), "object") for verb in _VERBS),
        *(f"{word}.associationChange" for word in _ASSOCIATED),
        "contact.privacyDeletion",
        *(
            f"conversation.{verb}"
            for verb in ("creation", "deletion", "newMessage", "privacyDeletion", "propertyChange")
        ),
        "event.completed",
    ]
)


@dataclass(slots=True, kw_only=True)
class Subscription:
    """One subscription. Those that the sandbox made itself are `sweeping`: a propertyChange without a property means every
    property, an `object.*` without a type every type that has no word of its own."""

    id: int
    event_type: str
    active: bool
    property_name: str | None = None
    object_type_id: str | None = None
    event_type_name: str | None = None
    sweeping: bool = False
    created_ms: int = 0
    updated_ms: int = 0

    @property
    def is_generic(self) -> bool:
        return self.event_type.startswith("object.")

    @property
    def untold(self) -> frozenset[str]:
        """Properties whose changes HubSpot never tells to such a subscription."""
        return UNSUBSCRIBABLE | GENERIC_UNSUBSCRIBABLE if self.is_generic else UNSUBSCRIBABLE

    @property
    def verb(self) -> str:
        return self.event_type.partition(".")[2]


@dataclass(slots=True, kw_only=True)
class Settings:
    target_url: str
    max_concurrent: int = DEFAULT_CONCURRENCY
    created_ms: int = 0
    updated_ms: int = 0


@dataclass(slots=True)
class WebhookBook:
    """What one app asked to be told, and where."""

    settings: Settings | None = None
    subscriptions: dict[int, Subscription] = field(default_factory=dict)
    _by_subject: dict[tuple[str, str], list[Subscription]] | None = None

    def add(self, subscription: Subscription) -> None:
        """Raises Refusal when the app has its full number."""
        if len(self.subscriptions) >= MAX_SUBSCRIPTIONS:
            raise Refusal(
                "Couldn't create another subscription. You've reached the maximum number allowed per application "
                f"({MAX_SUBSCRIPTIONS})."
            )
        self.subscriptions[subscription.id] = subscription
        self.refresh()

    def remove(self, id: int) -> None:
        if self.subscriptions.pop(id, None) is not None:
            self.refresh()

    def refresh(self) -> None:
        """After a subscription was changed: look all of them up anew."""
        self._by_subject = None

    def concerned(self, verb: str, type_id: str) -> list[Subscription]:
        """Active subscriptions to a verb of a type, in order of id; `object.*` ones among them."""
        if self._by_subject is None:
            self._by_subject = {}
            for subscription in self.subscriptions.values():
                if subscription.active:
                    self._by_subject.setdefault(_subject(subscription), []).append(subscription)
        found = self._by_subject.get((verb, type_id), [])
        if type_id not in LEGACY:
            found = found + self._by_subject.get((verb, ""), [])
        return found

    def matches(self, change: Change) -> Iterator[tuple[Subscription, str]]:
        """Subscriptions that a change of values or of a record's life concerns, each with the property it is about."""
        if change.kind != "propertyChange":
            for subscription in self.concerned(change.kind, change.type_id):
                yield subscription, ""
        if change.kind in ("creation", "propertyChange"):
            for subscription in self.concerned("propertyChange", change.type_id):
                if subscription.property_name is None:
                    yield from ((subscription, name) for name in change.values if name not in subscription.untold)
                elif subscription.property_name in change.values:
                    yield subscription, subscription.property_name


def _subject(subscription: Subscription) -> tuple[str, str]:
    if subscription.is_generic:
        return subscription.verb, subscription.object_type_id or ""
    return subscription.verb, _TYPE_IDS.get(subscription.event_type.partition(".")[0], "")


def everything() -> list[str]:
    """Event types that together tell of every change once: what `--webhook-target` subscribes to."""
    legacy = [name for name in sorted(EVENT_TYPES) if name.partition(".")[0] in _TYPE_IDS]
    return [*legacy, *(f"object.{verb}" for verb in (*_VERBS, "associationChange"))]
