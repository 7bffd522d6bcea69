"""Which events a channel carries, and who may listen to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from pasodoble.simulators.salesforce.org import Org
from pasodoble.simulators.salesforce.pubsub.schemas import event_name
from pasodoble.simulators.salesforce.schema import Sobject

ALL_CHANGES = "/data/ChangeEvents"
SUPPORTED = frozenset(
    """Account Contact Lead Opportunity OpportunityContactRole OpportunityLineItem Campaign CampaignMember
    CampaignMemberStatus Case Task TaskRelation Event EventRelation User Product2 Pricebook2 PricebookEntry Quote
    Order""".split()
)
"""Standard objects with change events; every custom object has them too. Source: CDC guide, object support."""
FIRST_SELECTED = ("Lead", "Contact", "Account", "Opportunity", "CampaignMember")
"""What is selected where only five objects may be, until somebody selects otherwise."""


class TooManyEntities(ValueError):
    """More objects are selected than the edition allows; the text says how many that is."""


def has_events(sobject: Sobject) -> bool:
    return sobject.name in SUPPORTED or sobject.custom


@dataclass(slots=True)
class Channel:
    """A topic: `sobjects` is None for the channel of everything selected. `single`: made for one object."""

    name: str
    sobjects: frozenset[str] | None
    single: bool = False


@dataclass(slots=True)
class Channels:
    """The channels of an org. `selected` is None for every object there is; `custom` are by name, `Sales__chn`."""

    org: Org
    selected: frozenset[str] | None = None
    custom: dict[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        limit = self.org.switches.cdc_entity_limit
        if limit is not None:
            self.selected = frozenset(FIRST_SELECTED[:limit])

    def select(self, sobjects: frozenset[str]) -> None:
        """Choose the objects that `/data/ChangeEvents` tells of. Raises TooManyEntities."""
        self._ensure_allowed(sobjects.union(*self.custom.values()))
        self.selected = sobjects

    def define(self, name: str, sobjects: frozenset[str]) -> None:
        """Make or replace a custom channel. Raises TooManyEntities."""
        others = [members for other, members in self.custom.items() if other != name]
        self._ensure_allowed((self.selected or frozenset()).union(sobjects, *others))
        self.custom[name] = sobjects

    def _ensure_allowed(self, sobjects: frozenset[str]) -> None:
        limit = self.org.switches.cdc_entity_limit
        if limit is not None and len(sobjects) > limit:
            raise TooManyEntities(f"Change Data Capture is limited to {limit} entities; {len(sobjects)} are selected")

    def is_selected(self, sobject: str) -> bool:
        return self.selected is None or sobject in self.selected

    def find(self, topic: str) -> Channel | None:
        """The channel of a topic's name (which minds the case), or None."""
        if topic == ALL_CHANGES:
            return Channel(topic, None)
        name = topic.removeprefix("/data/")
        if name == topic:
            return None
        if name in self.custom:
            return Channel(topic, self.custom[name])
        for table in self.org.tables.values():
            sobject = table.sobject
            if event_name(sobject.name) == name and has_events(sobject):
                return Channel(topic, frozenset((sobject.name,)), single=True)
        return None
