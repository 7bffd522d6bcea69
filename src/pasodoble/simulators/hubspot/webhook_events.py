"""A change, spelled as the webhook events of the subscriptions that it concerns. Pure: what is sent where is elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from pasodoble.simulators.hubspot.changes import Association, Change, Merge
from pasodoble.simulators.hubspot.links import LinkTypes
from pasodoble.simulators.hubspot.object_types import ObjectTypes
from pasodoble.simulators.hubspot.property_model import PropertyBook
from pasodoble.simulators.hubspot.webhooks import Subscription, WebhookBook

Event = dict[str, Any]
REDACTED = "REDACTED"


class Speller:
    """Makes events for one app of one account; `next_event_id` gives the numbers."""

    def __init__(
        self,
        *,
        portal_id: int,
        app_id: int,
        types: ObjectTypes,
        properties: dict[str, PropertyBook],
        link_types: LinkTypes,
        next_event_id: Callable[[], int],
    ) -> None:
        self._portal_id = portal_id
        self._app_id = app_id
        self._types = types
        self._properties = properties
        self._link_types = link_types
        self._next_event_id = next_event_id

    def events(self, change: Change, book: WebhookBook) -> Iterator[Event]:
        if change.kind == "associationChange":
            yield from self._association_events(change, book)
            return
        for subscription, name in book.matches(change):
            event = self._event(change, subscription, change.record_id, change.type_id)
            event.update(self._particulars(change, subscription, name))
            yield event

    def _event(self, change: Change, subscription: Subscription, record_id: int, type_id: str) -> Event:
        event: Event = {
            "eventId": self._next_event_id(),
            "subscriptionId": subscription.id,
            "portalId": self._portal_id,
            "appId": self._app_id,
            "occurredAt": change.at_ms,
            "subscriptionType": subscription.event_type,
            "attemptNumber": 0,
            "objectId": record_id,
            "changeSource": change.actor.source,
            "sourceId": change.actor.source_id,
        }
        if subscription.is_generic:
            event["objectTypeId"] = type_id
        return event

    def _particulars(self, change: Change, subscription: Subscription, name: str) -> Event:
        if name:
            return self._property_particulars(change, subscription, name)
        match change.kind, change.detail:
            case "creation", _:
                return {"changeFlag": "CREATED"}
            case (("deletion" | "privacyDeletion"), _):
                return {"changeFlag": "DELETED"}
            case "restore", _:
                return {"changeFlag": "RESTORED"}
            case "merge", Merge() as merge:
                return {
                    "primaryObjectId": merge.primary_id,
                    "mergedObjectIds": list(merge.merged_ids),
                    "newObjectId": merge.new_id,
                    "numberOfPropertiesMoved": merge.moved_count,
                }
        return {}

    def _property_particulars(self, change: Change, subscription: Subscription, name: str) -> Event:
        definition = self._properties[change.type_id].get(name)
        sensitive = definition is not None and definition.sensitivity != "non_sensitive"
        particulars: Event = {
            "propertyName": name,
            "propertyValue": REDACTED if sensitive else change.values.get(name, ""),
        }
        if subscription.is_generic:
            particulars["isSensitive"] = sensitive
        return particulars

    def _association_events(self, change: Change, book: WebhookBook) -> Iterator[Event]:
        """Each subscribed side is told, from where it stands."""
        assert isinstance(change.detail, Association)
        for made in self._link_types.both_sides(change.detail):
            for subscription in book.concerned("associationChange", made.from_type):
                event = self._event(change, subscription, made.from_id, made.from_type)
                yield event | self._association_particulars(made, subscription)

    def _association_particulars(self, made: Association, subscription: Subscription) -> Event:
        particulars: Event = {
            "associationType": f"{self._types[made.from_type].constant}_TO_{self._types[made.to_type].constant}",
            "fromObjectId": made.from_id,
            "toObjectId": made.to_id,
            "associationRemoved": made.removed,
            "isPrimaryAssociation": made.primary,
        }
        if subscription.is_generic:
            particulars |= {
                "fromObjectTypeId": made.from_type,
                "toObjectTypeId": made.to_type,
                "associationTypeId": made.type_id,
                "associationCategory": made.category,
            }
        return particulars
