"""Findings on a mapping, and on what changed under it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pasodoble.mapping.check import check_mapping
from pasodoble.mapping.drift import check_drift, keep_baseline
from pasodoble.mapping.finding import Finding, Severity, Stops
from pasodoble.mapping.schema_document import parse_schema, render_schema
from pasodoble.mapping.spec import make_rule
from pasodoble.model.rule import FieldRule, UpdateRule
from pasodoble.model.schema import Family, FieldSchema, ObjectSchema, Option
from pasodoble.model.settings import ObjectSettings
from pasodoble.model.side import Side

HUBSPOT, SALESFORCE = Side.HUBSPOT, Side.SALESFORCE
BOTH = ("Lead", "Contact")
TWO_WAY = UpdateRule.TWO_WAY
Schemas = dict[tuple[Side, str], ObjectSchema]


def field(name: str, family: Family = Family.TEXT, **told: object) -> FieldSchema:
    return FieldSchema(name=name, label=name, family=family, vendor_type="", **told)  # type: ignore[arg-type]


def schema(side: Side, name: str, *fields: FieldSchema, **told: bool) -> ObjectSchema:
    return ObjectSchema(side=side, object=name, label=name, fields={f.name: f for f in fields}, **told)


def options(*values: str) -> tuple[Option, ...]:
    return tuple(Option(value=value, label=value) for value in values)


def schemas(hubspot: FieldSchema, salesforce: FieldSchema, *more: FieldSchema, object: str = "Lead") -> Schemas:
    return {
        (HUBSPOT, "contacts"): schema(HUBSPOT, "contacts", hubspot),
        (SALESFORCE, object): schema(SALESFORCE, object, salesforce, *more),
    }


def settings(*rules: FieldRule, objects: tuple[str, ...] = ("Lead",), **told: object) -> ObjectSettings:
    return ObjectSettings(
        kind="contacts",
        hubspot_object="contacts",
        salesforce_objects=objects,
        fields=rules,
        **told,  # type: ignore[arg-type]
    )


def found(
    hubspot: FieldSchema, salesforce: FieldSchema, rule: UpdateRule = TWO_WAY, object: str = "Lead", **told: object
) -> list[tuple[str, Side, Severity]]:
    line = make_rule(hubspot.name, salesforce.name, (object,), rule, **told)  # type: ignore[arg-type]
    findings = check_mapping(settings(line, objects=(object,)), schemas(hubspot, salesforce, object=object))
    return [(f.id, f.side, f.severity) for f in findings]


def test_a_sound_mapping_has_no_findings() -> None:
    assert found(field("fax", Family.PHONE), field("Fax", Family.PHONE, length=40)) == []


def test_a_field_that_one_of_two_objects_lacks_is_no_finding() -> None:
    """M-13."""
    both = schemas(field("company"), field("Company"))
    both[SALESFORCE, "Contact"] = schema(SALESFORCE, "Contact")
    assert check_mapping(settings(make_rule("company", "Company", BOTH), objects=BOTH), both) == ()


@pytest.mark.parametrize(("hubspot", "salesforce", "side"), [("gone", "Fax", HUBSPOT), ("fax", "Gone", SALESFORCE)])
def test_a_field_that_is_not_there_stops_its_line(hubspot: str, salesforce: str, side: Side) -> None:
    line = make_rule(hubspot, salesforce, ("Lead",))
    (finding,) = check_mapping(settings(line), schemas(field("fax"), field("Fax")))
    assert (finding.id, finding.side, finding.severity, finding.stops) == (
        "field_missing",
        side,
        Severity.ERROR,
        Stops.LINE,
    )
    assert finding.message.id == "finding.field_missing"
    assert finding.fix.id == "finding.field_missing.fix"


def test_a_property_or_field_is_mapped_but_once() -> None:
    """M-11."""
    lines = (
        make_rule("fax", "Fax", ("Lead",)),
        make_rule("fax", "Phone", ("Lead",)),
        make_rule("phone", "Fax", ("Lead",)),
    )
    two = {
        (HUBSPOT, "contacts"): schema(HUBSPOT, "contacts", field("fax"), field("phone")),
        (SALESFORCE, "Lead"): schema(SALESFORCE, "Lead", field("Fax"), field("Phone")),
    }
    doubles = [f for f in check_mapping(settings(*lines), two) if f.id == "not_one_to_one"]
    assert [(f.side, f.field, f.key, f.detail) for f in doubles] == [
        (HUBSPOT, "fax", "fax", (("other", "fax"),)),
        (SALESFORCE, "Fax", "phone", (("other", "fax"),)),
    ]


@pytest.mark.parametrize(
    ("hubspot", "salesforce", "rule", "expected"),
    [
        # M-12
        (field("a", Family.FLAG), field("A"), TWO_WAY, ("type_mismatch", SALESFORCE, Severity.ERROR)),
        # M-19
        (field("a", Family.OWNER), field("OwnerId", Family.OWNER), TWO_WAY, ("user_property", HUBSPOT, Severity.ERROR)),
        # M-21
        (field("a"), field("A", writable=False), UpdateRule.ALWAYS_HUBSPOT, ("read_only", SALESFORCE, Severity.ERROR)),
        (field("a"), field("A", writable=False), TWO_WAY, ("read_only", SALESFORCE, Severity.WARNING)),
        (field("a", writable=False), field("A"), UpdateRule.ALWAYS_SALESFORCE, ("read_only", HUBSPOT, Severity.ERROR)),
        # M-25
        (
            field("a"),
            field("A", calculated=True, writable=False),
            TWO_WAY,
            ("calculated_two_way", SALESFORCE, Severity.ERROR),
        ),
        (
            field("a", calculated=True, writable=False),
            field("A"),
            TWO_WAY,
            ("calculated_two_way", HUBSPOT, Severity.ERROR),
        ),
        # a richer side and a poorer one
        (field("a", Family.MOMENT), field("A", Family.DATE), TWO_WAY, ("lossy_two_way", HUBSPOT, Severity.WARNING)),
        (field("a", Family.DATE), field("A", Family.MOMENT), TWO_WAY, ("lossy_two_way", SALESFORCE, Severity.WARNING)),
        (
            field("a", Family.RICH_TEXT),
            field("A", Family.LONG_TEXT),
            TWO_WAY,
            ("lossy_two_way", HUBSPOT, Severity.WARNING),
        ),
    ],
)
def test_what_a_line_cannot_do_is_told(
    hubspot: FieldSchema, salesforce: FieldSchema, rule: UpdateRule, expected: tuple[str, Side, Severity]
) -> None:
    assert found(hubspot, salesforce, rule) == [expected]


@pytest.mark.parametrize("rule", [UpdateRule.PREFER_SALESFORCE, UpdateRule.ALWAYS_SALESFORCE])
def test_a_formula_may_be_a_source(rule: UpdateRule) -> None:
    """M-21."""
    assert found(field("a", Family.NUMBER), field("A", Family.NUMBER, calculated=True, writable=False), rule) == []


def test_the_types_that_would_fit_are_named() -> None:
    line = make_rule("a", "A", ("Lead",))
    (finding,) = check_mapping(settings(line), schemas(field("a", Family.FLAG), field("A")))
    assert dict(finding.detail) == {"hubspot_type": "flag", "salesforce_type": "text", "accepted": "flag"}


def test_a_converter_that_does_not_fit_is_refused() -> None:
    assert found(field("a"), field("A"), converter="phone") == [("converter_unfit", SALESFORCE, Severity.ERROR)]


def test_a_lookup_of_a_custom_object_cannot_be_mapped() -> None:
    """M-20."""
    at = field("Owner__c", Family.REFERENCE)
    assert found(field("a"), at, object="Car__c") == [("custom_lookup", SALESFORCE, Severity.ERROR)]
    assert found(field("a"), at, UpdateRule.ALWAYS_SALESFORCE) == []


def test_options_without_a_counterpart_are_told_for_the_side_that_would_refuse_them() -> None:
    """MV-01."""
    ours = field("a", Family.CHOICE, options=options("NEW", "OLD"), restricted=True)
    theirs = field("A", Family.CHOICE, options=options("New", "Odd"))
    assert found(ours, theirs, values={"NEW": "New"}) == [
        ("options_differ", HUBSPOT, Severity.WARNING),
        ("options_differ", SALESFORCE, Severity.WARNING),
    ]
    assert found(ours, theirs, UpdateRule.ALWAYS_SALESFORCE, values={"NEW": "New"}) == [
        ("options_differ", HUBSPOT, Severity.WARNING)
    ]
    assert found(ours, theirs, values={"NEW": "New", "OLD": "Odd"}) == []


def test_a_value_map_names_options_that_are_there_and_leads_back() -> None:
    ours = field("a", Family.CHOICE, options=options("x", "y"), restricted=True)
    theirs = field("A", Family.CHOICE, options=options("X", "Y", "Z"))
    full = {"x": "X", "y": "X"}
    assert ("value_map_unknown", HUBSPOT, Severity.WARNING) in found(ours, theirs, values={**full, "q": "Y"})
    astray = found(ours, theirs, values=full, values_back={"Z": "y", "Y": "x"})
    assert astray == [("value_map_astray", SALESFORCE, Severity.WARNING)]


def test_a_required_field_that_nothing_fills_stops_creates() -> None:
    """C-12."""
    both = schemas(field("fax"), field("Fax"), field("LastName", required=True))
    line = make_rule("fax", "Fax", ("Lead",))
    (finding,) = check_mapping(settings(line, create_in_salesforce="Lead"), both)
    assert (finding.id, finding.field, finding.stops) == ("required_unmapped", "LastName", Stops.CREATES)
    assert check_mapping(settings(line, create_in_salesforce="Lead", placeholder={"LastName": "?"}), both) == ()
    assert check_mapping(settings(line), both) == ()


def test_an_object_that_is_off_or_not_there_is_told() -> None:
    """M-14."""
    line = make_rule("fax", "Fax", ("Lead",))
    both = schemas(field("fax"), field("Fax"))
    assert [f.id for f in check_mapping(settings(line, enabled=False), both)] == ["object_off"]
    del both[SALESFORCE, "Lead"]
    assert [(f.id, f.stops) for f in check_mapping(settings(line), both)] == [("object_missing", Stops.OBJECT)]


def test_a_line_that_is_off_is_not_looked_at() -> None:
    assert found(field("a", Family.FLAG), field("A"), UpdateRule.DONT_SYNC) == []


def test_what_a_shipped_line_does_knowingly_is_no_finding() -> None:
    closing = make_rule("closedate", "CloseDate", ("Opportunity",), TWO_WAY)
    both = schemas(field("closedate", Family.MOMENT), field("CloseDate", Family.DATE), object="Opportunity")
    both[HUBSPOT, "deals"] = both.pop((HUBSPOT, "contacts"))
    deals = ObjectSettings(kind="deals", hubspot_object="deals", salesforce_objects=("Opportunity",), fields=(closing,))
    assert check_mapping(deals, both) == ()


def test_errors_come_first() -> None:
    lines = (make_rule("when", "Day", ("Lead",), TWO_WAY), make_rule("gone", "Fax", ("Lead",)))
    both = schemas(field("when", Family.MOMENT), field("Day", Family.DATE), field("Fax"))
    assert [f.id for f in check_mapping(settings(*lines), both)] == ["field_missing", "lossy_two_way"]


# --- drift -----------------------------------------------------------------------------------------------------------

STATUS = field("Status", Family.CHOICE, length=40, options=options("Open", "Closed"))
OLD = schemas(field("status"), STATUS, field("Unmapped"))
LINE = make_rule("status", "Status", ("Lead",), UpdateRule.TWO_WAY)


def drift(new: Schemas, old: Schemas = OLD) -> list[tuple[str, Severity, Stops]]:
    return [(f.id.removeprefix("drift."), f.severity, f.stops) for f in check_drift(settings(LINE), old, new)]


def with_lead(*fields: FieldSchema, **told: bool) -> Schemas:
    return {**OLD, (SALESFORCE, "Lead"): schema(SALESFORCE, "Lead", *fields, **told)}


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (replace(STATUS, family=Family.TEXT), ("type_changed", Severity.ERROR, Stops.LINE)),
        (replace(STATUS, writable=False), ("write_forbidden", Severity.ERROR, Stops.LINE)),
        (replace(STATUS, required=True), ("required", Severity.WARNING, Stops.CREATES)),
        (replace(STATUS, length=20), ("shorter", Severity.WARNING, Stops.VALUES)),
        (replace(STATUS, scale=2), ("fewer_decimals", Severity.WARNING, Stops.VALUES)),
        (replace(STATUS, restricted=True), ("restricted", Severity.WARNING, Stops.VALUES)),
        (replace(STATUS, options=options("Open")), ("options_gone", Severity.WARNING, Stops.VALUES)),
        (replace(STATUS, options=options("Open", "Closed", "New")), ("options_new", Severity.NOTE, Stops.NOTHING)),
    ],
)
def test_what_changed_in_a_mapped_field_is_told(now: FieldSchema, expected: tuple[str, Severity, Stops]) -> None:
    assert drift(with_lead(now)) == [expected]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (UpdateRule.ALWAYS_HUBSPOT, [("write_forbidden", Severity.ERROR, Stops.LINE)]),
        (UpdateRule.PREFER_SALESFORCE, [("write_forbidden", Severity.WARNING, Stops.VALUES)]),
        (UpdateRule.ALWAYS_SALESFORCE, []),
    ],
)
def test_right_that_a_line_does_not_need_stops_nothing_of_it(
    rule: UpdateRule, expected: list[tuple[str, Severity, Stops]]
) -> None:
    line = make_rule("status", "Status", ("Lead",), rule)
    found = check_drift(settings(line), OLD, with_lead(replace(STATUS, writable=False)))
    assert [(f.id.removeprefix("drift."), f.severity, f.stops) for f in found] == expected


def test_baseline_stays_where_something_is_found_and_moves_on_elsewhere() -> None:
    shorter, new = replace(STATUS, length=20), field("Must__c", required=True)
    now = with_lead(shorter, new, field("Unmapped"))
    lead = (SALESFORCE, "Lead")
    found = check_drift(settings(LINE), OLD, now)
    kept = keep_baseline(settings(LINE), OLD, now, found)
    assert kept[lead].fields == {"Status": STATUS}, (
        "neither is the shorter field agreed on, nor the one that must be given"
    )
    assert check_drift(settings(LINE), kept, now) == found
    assert check_drift(settings(LINE), kept, OLD) == ()
    longer = with_lead(replace(STATUS, length=80))
    assert keep_baseline(settings(LINE), OLD, longer, ())[lead].fields["Status"].length == 80


def test_schema_is_kept_as_a_document_and_comes_back_whole() -> None:
    whole = with_lead(replace(STATUS, scale=2, refers_to=("User",), required=True), creatable=False)[SALESFORCE, "Lead"]
    assert parse_schema(render_schema(whole)) == whole


def test_what_was_mended_is_told_too() -> None:
    assert drift(OLD, with_lead(replace(STATUS, writable=False))) == [("write_allowed", Severity.NOTE, Stops.NOTHING)]
    assert drift(OLD, with_lead()) == [("field_there", Severity.NOTE, Stops.NOTHING)]


def test_a_field_that_vanished_stops_its_line_and_nothing_else() -> None:
    assert drift(with_lead(field("Unmapped"))) == [("field_gone", Severity.ERROR, Stops.LINE)]


def test_an_option_that_was_switched_off_is_as_good_as_gone() -> None:
    off = (Option(value="Open", label="Open"), Option(value="Closed", label="Closed", active=False))
    assert drift(with_lead(replace(STATUS, options=off))) == [("options_gone", Severity.WARNING, Stops.VALUES)]


def test_rights_on_the_object_that_were_taken_away_are_told() -> None:
    assert drift(with_lead(STATUS, creatable=False, deletable=False)) == [
        ("creates_forbidden", Severity.ERROR, Stops.CREATES),
        ("deletes_forbidden", Severity.WARNING, Stops.DELETES),
    ]


def test_an_object_that_vanished_stops_that_object() -> None:
    new = {place: schema for place, schema in OLD.items() if place[0] is HUBSPOT}
    assert drift(new) == [("object_gone", Severity.ERROR, Stops.OBJECT)]


def test_a_new_required_field_stops_creates_though_nothing_maps_it() -> None:
    assert drift(with_lead(STATUS, field("New__c", required=True))) == [
        ("required_unmapped", Severity.ERROR, Stops.CREATES)
    ]


def test_what_nobody_maps_may_change_unnoticed() -> None:
    assert drift(with_lead(STATUS, field("Unmapped", Family.NUMBER), field("New__c"))) == []
    assert drift(OLD, {}) == []


def test_a_finding_names_what_changed() -> None:
    (finding,) = check_drift(settings(LINE), OLD, with_lead(replace(STATUS, length=20)))
    assert finding == Finding(
        id="drift.shorter",
        severity=Severity.WARNING,
        stops=Stops.VALUES,
        kind="contacts",
        side=SALESFORCE,
        object="Lead",
        key="status",
        field="Status",
        detail=(("before", "40"), ("now", "20")),
    )
    assert dict(finding.message.params)["now"] == "20"
