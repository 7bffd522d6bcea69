"""Filters of dynamic lists: HubSpot's `filterBranch` trees turned into tests of one record.

Who is a member, and since when, does not belong here (see `lists`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from pasodoble.simulators.hubspot.errors import Refusal
from pasodoble.simulators.hubspot.list_operations import RELATIVE, Facts, make_operation
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.records import Record

if TYPE_CHECKING:
    from pasodoble.simulators.hubspot.portal import Portal

Test = Callable[[Record], bool]
Branch = Mapping[str, Any]

EMAIL_EVENTS: Final = {
    "OPENED": ("OPEN", ""),
    "LINK_CLICKED": ("CLICK", ""),
    "SENT": ("SENT", ""),
    "RECEIVED": ("DELIVERED", ""),
    "BOUNCED": ("BOUNCE", ""),
    "MARKED_SPAM": ("SPAMREPORT", ""),
    "UNSUBSCRIBED": ("STATUSCHANGE", ""),
    "OPENED_BUT_LINK_NOT_CLICKED": ("OPEN", "CLICK"),
    "RECEIVED_BUT_NOT_OPENED": ("DELIVERED", "OPEN"),
    "SENT_BUT_LINK_NOT_CLICKED": ("SENT", "CLICK"),
    "SENT_BUT_NOT_RECEIVED": ("SENT", "DELIVERED"),
}
"""Operator -> (event that there is, event that there is not)."""
UNFILLED: Final = frozenset(
    "ADS_SEARCH ADS_TIME CTA CAMPAIGN_INFLUENCED COMMUNICATION_SUBSCRIPTION EMAIL_SUBSCRIPTION INTEGRATION_EVENT "
    "PAGE_VIEW PRIVACY SURVEY_MONKEY SURVEY_MONKEY_VALUE WEBINAR".split()
)
"""Filters about things that a portal here has none of; nobody passes them."""


@dataclass(slots=True)
class Compiled:
    """A filter tree ready for use.

    through    object types whose changes may change a linked record's membership
    relative   whether time alone may change it
    in_lists   whether other lists' members may change it
    """

    test: Test = field(default=lambda _row: False)
    through: set[str] = field(default_factory=set)
    relative: bool = False
    in_lists: bool = False


class Compiler:
    """Compiles one list's filters. `members_of` tells whether a record is in another list."""

    def __init__(self, portal: Portal, kind: ObjectType, members_of: Callable[[str, int], bool]) -> None:
        self.portal = portal
        self._kind = kind
        self._members_of = members_of
        self._result = Compiled()

    def compile(self, branch: object) -> Compiled:
        """Raises Refusal for what makes no sense."""
        self._result.test = self._branch(self._kind, branch)
        return self._result

    def _branch(self, kind: ObjectType, branch: object) -> Test:
        if not isinstance(branch, dict):
            raise Refusal("filterBranch is to be an object with filterBranchType, filterBranches and filters")
        what = branch.get("filterBranchType")
        match what:
            case "OR":
                return _any_of(self._parts(kind, branch))
            case "AND" | "RESTRICTED":
                return _all_of(self._parts(kind, branch))
            case "NOT_ALL":
                inner = _all_of(self._parts(kind, branch))
                return lambda row: not inner(row)
            case "NOT_ANY":
                inner = _any_of(self._parts(kind, branch))
                return lambda row: not inner(row)
            case "ASSOCIATION":
                return self._associated(kind, branch)
            case "PROPERTY_ASSOCIATION":
                return self._referenced(kind, branch)
            case "UNIFIED_EVENTS":
                return self._events(kind, branch)
            case _:
                raise Refusal(f"filterBranchType {what} is not known")

    def _parts(self, kind: ObjectType, branch: Branch) -> list[Test]:
        branches = [self._branch(kind, inner) for inner in branch.get("filterBranches") or ()]
        return [*branches, *(self._filter(kind, inner) for inner in branch.get("filters") or ())]

    def _associated(self, kind: ObjectType, branch: Branch) -> Test:
        to_kind = self._type(branch.get("objectTypeId"))
        inner = _all_of(self._parts(to_kind, branch))
        self._result.through.add(to_kind.type_id)
        wanted = branch.get("associationTypeId")
        rows = self.portal.tables[to_kind.type_id].rows
        links = self.portal.links

        def test(row: Record) -> bool:
            linked = links.of(kind.type_id, row.id, to_kind.type_id).items()
            return any(inner(rows[id]) for id, types in linked if id in rows and (wanted is None or wanted in types))

        return test

    def _referenced(self, kind: ObjectType, branch: Branch) -> Test:
        to_kind = self._type(branch.get("objectTypeId"))
        inner = _all_of(self._parts(to_kind, branch))
        self._result.through.add(to_kind.type_id)
        name = str(branch.get("propertyWithObjectId"))
        table = self.portal.tables[to_kind.type_id]

        def test(row: Record) -> bool:
            value = self._facts(kind, row).value(name) or ""
            found = table.find(int(value)) if value.isdecimal() else None
            return found is not None and inner(found)

        return test

    def _events(self, kind: ObjectType, branch: Branch) -> Test:
        event_type = str(branch.get("eventTypeId"))
        completed = branch.get("operator") != "HAS_NOT_COMPLETED"

        def test(row: Record) -> bool:
            return self._occurred(kind, row, event_type) == completed

        return test

    def _occurred(self, kind: ObjectType, row: Record, event_type: str) -> bool:
        return any(
            event.record_id == row.id and event.type_id == kind.type_id and event.event_type == event_type
            for event in self.portal.events.analytics
        )

    def _filter(self, kind: ObjectType, wanted: object) -> Test:
        if not isinstance(wanted, dict):
            raise Refusal("A list filter is an object with a filterType")
        what = wanted.get("filterType")
        match what:
            case "PROPERTY":
                return self._property(kind, wanted)
            case "CONSTANT":
                accept = bool(wanted.get("shouldAccept"))
                return lambda _row: accept
            case "IN_LIST" | "ASSOCIATION" | "PROPERTY_ASSOCIATION":
                return self._in_list(kind, wanted)
            case "FORM_SUBMISSION" | "FORM_SUBMISSION_ON_PAGE":
                return self._form(wanted)
            case "EMAIL_EVENT":
                return self._email(wanted)
            case "NUM_ASSOCIATIONS":
                return self._count(kind, wanted)
            case "EVENT" | "UNIFIED_EVENTS":
                event_type = str(wanted.get("eventId") or wanted.get("eventTypeId"))
                return lambda row: self._occurred(kind, row, event_type)
            case str() if what in UNFILLED:
                return lambda _row: False
            case _:
                raise Refusal(f"filterType {what} is not known")

    def _property(self, kind: ObjectType, wanted: Branch) -> Test:
        name, operation = wanted.get("property"), wanted.get("operation")
        definition = self.portal.properties[kind.type_id].get(str(name))
        if definition is None:
            raise Refusal(f'Property "{name}" does not exist', sub_category="LIST_FILTERS.PROPERTY_NOT_FOUND")
        if not isinstance(operation, dict):
            raise Refusal(f"The filter on {name} needs an operation with operationType and operator")
        self._result.relative |= operation.get("operationType") in RELATIVE
        check = make_operation(definition, operation)
        return lambda row: check(self._facts(kind, row))

    def _facts(self, kind: ObjectType, row: Record) -> Facts:
        return Facts(self.portal, kind, row)

    def _in_list(self, kind: ObjectType, wanted: Branch) -> Test:
        list_id, negative = str(wanted.get("listId")), "NOT" in str(wanted.get("operator"))
        self._result.in_lists = True
        if wanted.get("filterType") == "IN_LIST":
            return lambda row: self._members_of(list_id, row.id) != negative
        to_kind = self._type(wanted.get("toObjectTypeId") or "0-2")
        links = self.portal.links

        def test(row: Record) -> bool:
            linked = links.of(kind.type_id, row.id, to_kind.type_id)
            return any(self._members_of(list_id, id) for id in linked) != negative

        return test

    def _form(self, wanted: Branch) -> Test:
        form_id, filled = wanted.get("formId"), wanted.get("operator") != "NOT_FILLED_OUT"

        def test(row: Record) -> bool:
            submitted = any(
                submission.contact_id == row.id and form_id in (None, "", submission.form_id)
                for submission in self.portal.events.submissions
            )
            return submitted == filled

        return test

    def _email(self, wanted: Branch) -> Test:
        there, absent = EMAIL_EVENTS.get(str(wanted.get("operator")), ("", ""))
        email_id = str(wanted.get("emailId") or "")
        emails = self.portal.events.emails

        def test(row: Record) -> bool:
            campaigns = {email.campaign_id for email in emails.values() if str(email.id) == email_id}
            seen = {
                event.type
                for event in self.portal.events.email_events
                if event.contact_id == row.id and (not email_id or event.campaign_id in campaigns)
            }
            return there in seen and absent not in seen

        return test

    def _count(self, kind: ObjectType, wanted: Branch) -> Test:
        link = self.portal.link_types.from_type(kind.type_id, int(wanted.get("associationTypeId") or 0))
        bounds = wanted.get("coalescingRefineBy") or {}
        low, high = bounds.get("minOccurrences"), bounds.get("maxOccurrences")
        if link is None:
            raise Refusal(f"{wanted.get('associationTypeId')} is not an association type of {kind.constant}")
        to_type, type_id = link.to_type, link.id

        def test(row: Record) -> bool:
            linked = self.portal.links.of(kind.type_id, row.id, to_type).values()
            count = sum(type_id in types for types in linked)
            return (low is None or count >= low) and (high is None or count <= high)

        return test

    def _type(self, word: object) -> ObjectType:
        kind = self.portal.types.find(str(word))
        if kind is None:
            raise Refusal(f"objectTypeId {word} is not known")
        return kind


def _any_of(tests: Iterable[Test]) -> Test:
    parts = list(tests)
    return lambda row: any(test(row) for test in parts)


def _all_of(tests: Iterable[Test]) -> Test:
    parts = list(tests)
    return lambda row: all(test(row) for test in parts)
