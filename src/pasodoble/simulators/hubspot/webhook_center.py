"""Where changes become webhook events: an app's subscriptions, the speller of events and the sender, joined."""

from __future__ import annotations

import itertools

from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.hubspot.changes import Change, Changes
from pasodoble.simulators.hubspot.credentials import Credentials
from pasodoble.simulators.hubspot.links import LinkTypes
from pasodoble.simulators.hubspot.object_types import ObjectTypes
from pasodoble.simulators.hubspot.property_model import PropertyBook
from pasodoble.simulators.hubspot.switches import Switches
from pasodoble.simulators.hubspot.webhook_delivery import Sender
from pasodoble.simulators.hubspot.webhook_events import Speller
from pasodoble.simulators.hubspot.webhooks import Settings, Subscription, WebhookBook, everything

FIRST_EVENT_ID = 90_001
FIRST_SUBSCRIPTION_ID = 501


class Webhooks:
    """The webhooks of the sandbox's app; it hears every change from `changes`."""

    def __init__(
        self,
        clock: SimClock,
        changes: Changes,
        credentials: Credentials,
        *,
        seed: int,
        switches: Switches,
        types: ObjectTypes,
        properties: dict[str, PropertyBook],
        link_types: LinkTypes,
    ) -> None:
        self._clock = clock
        self._ids = itertools.count(FIRST_SUBSCRIPTION_ID)
        self.book = WebhookBook()
        self.sender = Sender(clock, self.book, secret=credentials.client_secret, seed=seed, switches=switches)
        self._speller = Speller(
            portal_id=credentials.portal_id,
            app_id=credentials.app_id,
            types=types,
            properties=properties,
            link_types=link_types,
            next_event_id=itertools.count(FIRST_EVENT_ID).__next__,
        )
        changes.subscribe(self._hear)

    def _hear(self, change: Change) -> None:
        if not self.book.subscriptions or self.book.settings is None:
            return
        for event in self._speller.events(change, self.book):
            self.sender.put(event)

    def subscribe(
        self,
        event_type: str,
        *,
        active: bool,
        property_name: str | None = None,
        object_type_id: str | None = None,
        event_type_name: str | None = None,
        sweeping: bool = False,
    ) -> Subscription:
        """Raises Refusal when the app has its full number."""
        now = self._clock.now_ms()
        subscription = Subscription(
            id=next(self._ids),
            event_type=event_type,
            active=active,
            property_name=property_name,
            object_type_id=object_type_id,
            event_type_name=event_type_name,
            sweeping=sweeping,
            created_ms=now,
            updated_ms=now,
        )
        self.book.add(subscription)
        return subscription

    def aim_at(self, target_url: str) -> None:
        """Send everything there is to `target_url`: every type, every event, every property."""
        now = self._clock.now_ms()
        self.book.settings = Settings(target_url=target_url, created_ms=now, updated_ms=now)
        if not any(subscription.sweeping for subscription in self.book.subscriptions.values()):
            for event_type in everything():
                self.subscribe(event_type, active=True, sweeping=True)
