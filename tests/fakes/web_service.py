"""A WebService with lifelike data, for the pages' tests and for looking at them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from pasodoble.engine.service.triggering import Tally, TriggerView
from pasodoble.engine.service.verifying import Figure
from pasodoble.model.backfill import RUNNING, Backfill, BackfillState
from pasodoble.model.cause import Problem
from pasodoble.model.conflict import Clash
from pasodoble.model.message import Message
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.rule import UpdateRule
from pasodoble.model.side import Pair, Side
from pasodoble.model.trace import Change, State, StepKind, TraceStep
from pasodoble.model.value import MISSING, Value
from pasodoble.model.verdict import Keep, Take
from pasodoble.ports import ChangeRow, ConflictRow, LinkRow, ProblemRow, RunRow, TraceRow
from pasodoble.web.service import ActivityRow, ApiUse, CauseCount, FieldLine, Overview, RecordCard

NOW = datetime(2026, 11, 24, 10, 42, 9, tzinfo=UTC)
HS, SF = Side.HUBSPOT, Side.SALESFORCE


@dataclass
class FixedClock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def hubspot(id: int, object: str = "contacts") -> Ref:
    return Ref(HS, object, str(id))


def salesforce(id: str, object: str = "Contact") -> Ref:
    return Ref(SF, object, id)


ANA = Pair(hubspot(51), salesforce("003Ax00000Q1wYzIAJ"))

PEOPLE = [
    ("Ana Ruiz", "ana@acme.example", ANA, State.NEEDS_ATTENTION, "picklist.value_missing"),
    (
        "Globex S.A.",
        "globex.example",
        Pair(hubspot(7, "companies"), salesforce("001Ax00000Q9aBcIAJ", "Account")),
        State.NEEDS_ATTENTION,
        "salesforce.validation_rule",
    ),
    (
        "Li Wei",
        "li.wei@initech.example",
        Pair(hubspot(88), salesforce("00QAx00000R7xYzIAJ", "Lead")),
        State.WAITING,
        "hubspot_property_changed",
    ),
    (
        "María del Carmen Fernández-Villaverde y Gutiérrez de la Concha",
        "maria.del.carmen.fernandez-villaverde@universidad-complutense.example",
        Pair(hubspot(90), None),
        State.WAITING,
        "form_submitted",
    ),
    ("Jo Brand", "", Pair(hubspot(91), None), State.LEFT_OUT, "gate.no_email"),
    (
        "Nadia Haddad",
        "nadia@umbrella.example",
        Pair(None, salesforce("003Ax00000Q2wYzIAJ")),
        State.LEFT_OUT,
        "gate.put_aside",
    ),
    (
        "Renewal 2027",
        "",
        Pair(hubspot(14, "deals"), salesforce("006Ax00000Q2wYzIAJ", "Opportunity")),
        State.IN_STEP,
        "",
    ),
    ("", "sam@hooli.example", Pair(hubspot(92), salesforce("003Ax00000Q3wYzIAJ")), State.IN_STEP, ""),
]


def change(
    id: int, ref: Ref, side: Side, field: str, before: Value, after: Value, seconds: float, **more: object
) -> ChangeRow:
    reason = Message.of("rule.newer", side=SF if side is HS else HS)
    made = Change(side=side, key=field.lower(), field=field, before=before, after=after, reason=reason, at=ago(seconds))
    return ChangeRow(id=id, run_id=9, link_id=1, ref=ref, change=replace(made, **more))  # type: ignore[arg-type]


ACTIVITY = [
    ActivityRow(label="Ana Ruiz", row=change(105, ANA.salesforce, SF, "Phone", "600 123 456", "+34600123456", 2)),  # type: ignore[arg-type]
    ActivityRow(
        label="Globex S.A.", row=change(104, hubspot(7, "companies"), HS, "industry", None, "MANUFACTURING", 4)
    ),
    ActivityRow(label="Renewal 2027", row=change(103, hubspot(14, "deals"), SF, "Amount", "15000.00", "18400.00", 8)),
    ActivityRow(label="Li Wei", row=change(102, hubspot(88), HS, "hubspot_owner_id", None, "m.soto@acme.example", 11)),
    ActivityRow(
        label="Jo Brand",
        row=change(
            101,
            salesforce("00QAx00000R7xYzIAJ", "Lead"),
            SF,
            "",
            None,
            None,
            90_000,
            key="",
            reason=Message("history.created"),
        ),
    ),
]

CAUSES = [
    CauseCount(cause="picklist.value_missing", count=19, since=ago(9_000), side=SF, fields=("Industry",)),
    CauseCount(cause="salesforce.validation_rule", count=11, ignored=2, since=ago(90_000), side=SF),
    CauseCount(cause="duplicate.ambiguous_match", count=5, since=ago(400_000), side=SF),
    CauseCount(cause="permission.field", count=2, since=ago(60_000_000), side=SF, fields=("Tier__c",)),
]

REFUSED = Problem(
    cause="picklist.value_missing",
    side=SF,
    code="INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    text="Industry: bad value for restricted picklist field: Biotech",
    fields=("Industry",),
    request_id="TID:3456-af",
)
OPEN = ProblemRow(
    id=1,
    kind="contacts",
    ref=ANA.salesforce,
    problem=REFUSED,
    first_at=ago(9_000),
    last_at=ago(60),
    attempts=3,
    next_try_at=ago(-1_200),
    label="Ana Ruiz",
)  # type: ignore[arg-type]


def line(
    key: str,
    name: str,
    label: str,
    rule: UpdateRule,
    hubspot: Value,
    salesforce: Value,
    verdict: Keep | Take | None,
    problem: str = "",
) -> FieldLine:
    return FieldLine(
        key=key,
        names=Pair(key, name),
        label=label,
        rule=rule,
        values=Pair(hubspot, salesforce),
        verdict=verdict,
        problem=problem,
    )


SAME = Keep(Message("rule.in_step"))
LINES = [
    line("email", "Email", "Email", UpdateRule.TWO_WAY, "ana@acme.example", "ana@acme.example", SAME),
    line("industry", "Industry", "Industry", UpdateRule.TWO_WAY, "Biotech", "Technology", Take(HS, Message.of("rule.changed", side="HubSpot")), "picklist.value_missing"),
    line("phone", "Phone", "Phone", UpdateRule.TWO_WAY, "+34600123456", "600 123 456", Take(HS, Message.of("rule.newer", side="HubSpot"))),
    line("jobtitle", "Title", "Job title", UpdateRule.PREFER_SALESFORCE, "Head of Ops", "VP Operations", Take(SF, Message.of("rule.leads", side="Salesforce"))),
    line("hubspot_owner_id", "OwnerId", "Owner", UpdateRule.TWO_WAY, "m.soto@acme.example", "m.soto@acme.example", SAME),
    line("hubspotscore", "Score__c", "Lead score", UpdateRule.ALWAYS_SALESFORCE, "72", "72", SAME),
    line("hs_email_optout", "HasOptedOutOfEmail", "Opted out", UpdateRule.ALWAYS_HUBSPOT, False, False, SAME),
    line("fax", "Fax", "Fax", UpdateRule.PREFER_HUBSPOT, None, None, SAME),
    line("lifecyclestage", "Stage__c", "Lifecycle stage", UpdateRule.DONT_SYNC, "marketingqualifiedlead", MISSING, Keep(Message("rule.dont_sync"))),
]  # fmt: skip

STEPS = (
    TraceStep(
        kind=StepKind.TRIGGER,
        reason=Message("trigger.hubspot_property_changed"),
        at=ago(63),
        detail={"fields": "industry, phone"},
    ),
    TraceStep(kind=StepKind.GATE, reason=Message("gate.open"), at=ago(62), passed=True),
    TraceStep(
        kind=StepKind.MATCH, reason=Message.of("match.linked", at="2026-11-03 08:12:00 UTC"), at=ago(62), passed=True
    ),
    TraceStep(
        kind=StepKind.RULE,
        reason=Message.of("rule.newer", side="HubSpot"),
        at=ago(61),
        passed=True,
        detail={"field": "phone"},
    ),
    TraceStep(
        kind=StepKind.WRITE,
        reason=Message.of("write.refused", side="Salesforce", code="INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        at=ago(60),
        passed=False,
    ),
    TraceStep(kind=StepKind.NEXT, reason=Message.of("next.retry", at="2026-11-24 11:02:09 UTC"), at=ago(60)),
)

CARD = RecordCard(
    kind="contacts",
    refs=ANA,
    label="Ana Ruiz",
    natural="ana@acme.example",
    state=State.NEEDS_ATTENTION,
    reasons=(Message.of("write.refused", side="Salesforce", code="INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),),
    lines=LINES,
    history=[
        change(105, ANA.salesforce, SF, "Phone", "600 123 456", "+34600123456", 2, contested=True),
        change(90, ANA.hubspot, HS, "jobtitle", "Head of Ops", "VP Operations", 90_000, actor="marta"),
    ],  # type: ignore[arg-type]
    problems=[OPEN],
    trace=TraceRow(
        refs=ANA,
        kind="contacts",
        state=State.NEEDS_ATTENTION,
        reasons=("picklist.value_missing",),
        steps=STEPS,
        at=ago(60),
    ),
    urls=Pair(
        "https://app.hubspot.com/contacts/1/record/0-1/51",
        "https://acme.my.salesforce.com/lightning/r/Contact/003Ax00000Q1wYzIAJ/view",
    ),
    next_try_at=ago(-1_200),
)


CLASHED = ConflictRow(
    id=12,
    kind="contacts",
    link_id=1,
    refs=ANA,
    label="Ana Ruiz",
    at=ago(300),
    clash=Clash(
        key="jobtitle",
        names=Pair("jobtitle", "Title"),
        values=Pair("Head of Ops", "VP Operations"),
        left=Pair("Head of Ops", "Head of Ops"),
        rule=UpdateRule.TWO_WAY,
        reason=Message.of("rule.tie", side="HubSpot"),
        taken=HS,
        set_at=Pair(ago(301), ago(300)),
        authors=Pair("marta@acme.example", ""),
    ),
)


@dataclass
class FakeService:
    """`asked` are the refs that a person wanted synced; `card`, `rows` and `broken` are for the tests to set."""

    connection: str = "acme"
    kinds: Sequence[Kind] = ("contacts", "companies", "deals", "tickets", "2-77")
    card: RecordCard | None = CARD
    rows: Sequence[LinkRow] = ()
    counts: Mapping[State, int] = field(
        default_factory=lambda: {
            State.IN_STEP: 48_210,
            State.WAITING: 4,
            State.LEFT_OUT: 1_204,
            State.NEEDS_ATTENTION: 37,
        }
    )
    causes: Sequence[CauseCount] = tuple(CAUSES)
    activity: Sequence[ActivityRow] = tuple(ACTIVITY)
    asked: list[Ref] = field(default_factory=list)
    chosen: list[tuple[int, Side]] = field(default_factory=list)
    paired: list[tuple[Ref, Ref]] = field(default_factory=list)
    conflicts: bool = True
    mended: list[tuple[str, str, set[int]]] = field(default_factory=list)
    searched: list[dict[str, object]] = field(default_factory=list)
    backfill: Backfill | None = None
    trouble: str = ""
    broken: Exception | None = None

    async def read_overview(self) -> Overview:
        if self.broken:
            raise self.broken
        return Overview(
            counts=self.counts,
            causes=self.causes,
            gates={"gate.no_email": 900, "gate.not_in_list": 300, "gate.put_aside": 4},
            carried=Pair([20 + (i * 7) % 23 + i % 5 for i in range(60)], [8 + (i * 5) % 17 for i in range(60)]),
            api_uses=[
                ApiUse(side=SF, api="REST + Bulk", used=31_480, allowed=100_000),
                ApiUse(side=HS, api="REST", used=118_902, allowed=650_000),
                ApiUse(side=HS, api="search", used=2_100),
            ],
            recent=self.activity,
            waiting_since=ago(6),
            last_run=RunRow(id=9, what="check", started_at=ago(70), ended_at=ago(62), outcome="done", report={}),
            next_check_at=ago(-838),
            trouble=self.trouble,
            figure=Figure(at=ago(30_000), records=99_214, findings=3, planned_writes=2),
        )

    async def count_by_state(self, kind: Kind | None = None) -> Mapping[State, int]:
        return self.counts

    async def search(
        self, text: str, *, state: State | None, kind: Kind | None, limit: int, after: str
    ) -> tuple[Sequence[LinkRow], str]:
        self.searched.append({"text": text, "state": state, "kind": kind, "limit": limit, "after": after})
        rows = self.rows or [
            LinkRow(
                link_id=i,
                kind="contacts",
                refs=refs,
                label=label,
                natural=natural,
                state=its,
                reason=reason,
                at=ago(60 * 7**i),
            )
            for i, (label, natural, refs, its, reason) in enumerate(PEOPLE)
        ]
        return [
            row for row in rows if state in (None, row.state) and text.lower() in row.label.lower()
        ], "" if after else "in_step 7"

    async def find(self, text: str) -> Ref | None:
        return ANA.hubspot if "51" in text else None

    async def read_card(self, ref: Ref) -> RecordCard | None:
        return self.card if self.card and ref in self.card.refs else None

    async def count_causes(self) -> Sequence[CauseCount]:
        return self.causes

    async def read_problems(self, cause: str, *, limit: int) -> Sequence[ProblemRow]:
        return [OPEN, replace(OPEN, id=2, ref=hubspot(90), label="", ignored=True)]

    async def retry_problems(self, cause: str, ids: Collection[int]) -> None:
        self.mended.append(("retry", cause, set(ids)))

    async def ignore_problems(self, cause: str, ids: Collection[int]) -> None:
        self.mended.append(("ignore", cause, set(ids)))

    async def export_problems(self, cause: str) -> str:
        return f"id,cause\r\n1,{cause}\r\n"

    async def read_activity(self, *, limit: int, before_id: int | None) -> Sequence[ActivityRow]:
        return [row for row in self.activity if before_id is None or row.row.id < before_id][:limit]

    async def read_conflicts(self, *, limit: int, before_id: int | None) -> Sequence[ConflictRow]:
        return [CLASHED] if self.conflicts else []

    async def read_backfill(self) -> Backfill | None:
        return self.backfill

    async def pause_backfill(self) -> str:
        return self._move_backfill(BackfillState.PAUSED, RUNNING)

    async def resume_backfill(self) -> str:
        return self._move_backfill(BackfillState.WORKING, {BackfillState.PAUSED})

    def _move_backfill(self, state: BackfillState, only_from: Collection[BackfillState]) -> str:
        if self.backfill is None or self.backfill.state not in only_from:
            return "there is none to tell"
        self.backfill = replace(self.backfill, state=state)
        return ""

    async def choose_value(self, id: int, side: Side) -> None:
        self.chosen.append((id, side))

    async def pair(self, ref: Ref, other: Ref) -> str:
        self.paired.append((ref, other))
        return self.trouble

    async def read_triggers(self) -> Sequence[TriggerView]:
        return [
            TriggerView(
                key="form_submitted",
                message=Message("trigger.form_submitted"),
                sides=(HS,),
                on=True,
                push=True,
                tally=Tally(fired=1_204, last_at=ago(95)),
            ),
            TriggerView(
                key="call_logged",
                message=Message("trigger.call_logged"),
                sides=(HS,),
                setting="activities.call_logged",
                on=False,
                tally=Tally(seen=31, last_at=ago(400)),
            ),
            TriggerView(
                key="own_echo",
                message=Message("trigger.own_echo"),
                sides=(HS, SF),
                tally=Tally(seen=88_210, last_at=ago(2)),
            ),
            TriggerView(key="campaign_left", message=Message("trigger.campaign_left"), sides=(SF,)),
        ]

    async def sync_now(self, ref: Ref) -> None:
        self.asked.append(ref)
