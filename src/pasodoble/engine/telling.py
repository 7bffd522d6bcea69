"""Telling activities in Salesforce: what was put down becomes a task or an event on its person, once.

A try whose answer was lost is looked up by our key before it is made again. What a task says is `mapping/telling`'s matter;
who waits for a person is `pending`'s.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from pasodoble.engine.connected import Connected
from pasodoble.engine.pending import Pending, carry_out, decide_on, find_made, take_found
from pasodoble.engine.report import Report
from pasodoble.mapping.telling import OWNER_FIELD, OWNER_PROPERTY, Options, find_object, tell
from pasodoble.model.activity import ACTIVITIES
from pasodoble.model.link import LinkState
from pasodoble.model.message import Message
from pasodoble.model.operation import Create, Step
from pasodoble.model.record import Snapshot
from pasodoble.model.ref import Ref
from pasodoble.model.schema import ObjectSchema
from pasodoble.model.side import Side

_ACTIVITY, _PERSON = "activity_owner", "contact_owner"
_OWNERS: Mapping[str, tuple[str, ...]] = {
    "": (_ACTIVITY, _PERSON),
    _ACTIVITY: (_ACTIVITY,),
    _PERSON: (_PERSON,),
    "integration_user": (),
}
"""By the setting, whose owner the task gets, in order; where none is found, Salesforce gives it to whom we sign in as."""
_USER_PREFIX = "005"
"""A queue may own a lead, and no task."""


async def tell_activities(at: Connected, run_id: int, report: Report, pending: Sequence[Pending]) -> None:
    """Make the task or event of each, one sort of record at a time. Raises ConnectorError."""
    options = {name: Options.of(written) for name, written in at.settings.activities.items()}
    by_object: dict[str, list[Pending]] = defaultdict(list)
    for one in pending:
        by_object[find_object(one.activity, options[one.activity.name])].append(one)
    for object, rows in by_object.items():
        found = await find_made(at, object, rows)
        take_found(at, run_id, report, found)
        known = {one.link.id for one, _ in found}
        await _tell(at, run_id, report, object, [one for one in rows if one.link.id not in known])


async def _tell(at: Connected, run_id: int, report: Report, object: str, pending: Sequence[Pending]) -> None:
    if not pending:
        return
    options = {one.link.id: Options.of(at.settings.activities.get(one.activity.name)) for one in pending}
    schema = await at.connectors[Side.SALESFORCE].describe(object)
    owners = await _find_owners(at, options, pending)
    partners = _find_partners(at, pending)
    decisions = [
        decide_on(
            at,
            ACTIVITIES,
            one,
            _make_step(at, one, options[one.link.id], schema, owners.get(one.link.id, ""), partners),
        )
        for one in pending
    ]
    await carry_out(at, run_id, report, pending, decisions)


def _make_step(
    at: Connected, one: Pending, options: Options, schema: ObjectSchema, owner: str, partners: Mapping[Ref, Ref]
) -> Step:
    fields = tell(one.activity, options, schema, zone=ZoneInfo(at.accounts[Side.HUBSPOT].time_zone))
    about = next((partners[ref] for ref in one.activity.about if ref in partners), None)
    # Salesforce takes nothing beside a lead: what an activity is about needs a contact.
    ties = (one.person, about) if about is not None and one.person.object == "Contact" else (one.person,)
    operation = Create(
        side=Side.SALESFORCE,
        object=schema.object,
        fields=fields | ({OWNER_FIELD: owner} if owner else {}),
        key=one.link.key,
        of=one.activity.ref,
        ties=ties,
    )
    return Step(kind=ACTIVITIES, operation=operation, why={"": Message(f"trigger.{one.activity.name}")})


def _find_partners(at: Connected, pending: Sequence[Pending]) -> dict[Ref, Ref]:
    """Of all that they are about, what it is in Salesforce."""
    refs = {ref for one in pending for ref in one.activity.about}
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        links = tx.links.load(refs)
    return {
        ref: partner
        for ref, link in links.items()
        if link.state is LinkState.LINKED and (partner := link.refs.salesforce) is not None
    }


async def _find_owners(at: Connected, options: Mapping[int, Options], pending: Sequence[Pending]) -> dict[int, str]:
    """By link id, the user who gets the task; what is not in it is left to Salesforce. `options`: by link id too."""
    owners: dict[int, str] = {}
    unowned: list[Pending] = []
    for one in pending:
        whose = _OWNERS[options[one.link.id].owner]
        own = at.directory.owner(Side.HUBSPOT, str(one.activity.fields.get(OWNER_PROPERTY) or ""))
        if own and _ACTIVITY in whose:
            owners[one.link.id] = own
        elif _PERSON in whose:
            unowned.append(one)
    people = sorted({one.person for one in unowned})
    seen = await at.connectors[Side.SALESFORCE].read(people, [OWNER_FIELD]) if people else {}
    for one in unowned:
        person = seen[one.person]
        owner = str(person.fields.get(OWNER_FIELD) or "") if isinstance(person, Snapshot) else ""
        owners |= {one.link.id: owner} if owner.startswith(_USER_PREFIX) else {}
    return owners
