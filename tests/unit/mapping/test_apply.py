"""A compiled mapping: which lines work, what they read, and what a fingerprint notices."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pasodoble.mapping.apply import CompiledMapping, compile_mapping
from pasodoble.mapping.presets import KINDS
from pasodoble.mapping.spec import make_rule
from pasodoble.model.rule import FieldRule, Policy, UpdateRule
from pasodoble.model.schema import Family, FieldSchema, ObjectSchema
from pasodoble.model.settings import ObjectSettings
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.value import MISSING

HUBSPOT, SALESFORCE = Side.HUBSPOT, Side.SALESFORCE
BOTH = ("Lead", "Contact")


def field(name: str, family: Family = Family.TEXT, **told: object) -> FieldSchema:
    return FieldSchema(name=name, label=name, family=family, vendor_type="", **told)  # type: ignore[arg-type]


def schema(side: Side, object: str, *fields: FieldSchema) -> ObjectSchema:
    return ObjectSchema(side=side, object=object, label=object, fields={f.name: f for f in fields})


CONTACTS = schema(
    HUBSPOT,
    "contacts",
    field("email", Family.EMAIL),
    field("company"),
    field("annualrevenue", Family.NUMBER),
    field("score", Family.NUMBER, writable=False, creatable=False, calculated=True),
)
LEAD = schema(
    SALESFORCE,
    "Lead",
    field("Email", Family.EMAIL, length=80),
    field("Company", length=255, required=True),
    field("AnnualRevenue", Family.MONEY, scale=0),
    field("Score__c", Family.NUMBER, scale=0),
    field("Formula__c", Family.NUMBER, writable=False, creatable=False, calculated=True),
)
RULES = (
    make_rule("email", "Email", BOTH, UpdateRule.TWO_WAY),
    make_rule("company", "Company", ("Lead",)),
    make_rule("annualrevenue", "AnnualRevenue", ("Lead",)),
)
RECORD = {"email": "Ana@Acme.com", "company": "Acme", "annualrevenue": "1500000"}
SALESFORCE_RECORD = {"Email": "ana@acme.com", "Company": "Acme ", "AnnualRevenue": 1500000.0}


def compiled(*rules: FieldRule, lead: ObjectSchema = LEAD, object: str = "Lead") -> CompiledMapping:
    settings = ObjectSettings(
        kind="contacts", hubspot_object="contacts", salesforce_objects=BOTH, fields=rules or RULES
    )
    return compile_mapping(settings, object, Pair(CONTACTS, lead))


def test_both_sides_read_alike_where_they_agree() -> None:
    mapping = compiled()
    hubspot, no_problems = mapping.canonical(HUBSPOT, RECORD)
    salesforce, none_here = mapping.canonical(SALESFORCE, SALESFORCE_RECORD)
    assert hubspot == salesforce == {"email": "ana@acme.com", "company": "Acme", "annualrevenue": "1500000"}
    assert no_problems == none_here == ()


def test_fields_are_read_in_the_order_of_the_lines() -> None:
    assert compiled().read_fields == Pair(("email", "company", "annualrevenue"), ("Email", "Company", "AnnualRevenue"))


def test_a_value_that_cannot_be_read_is_missing_and_a_problem_of_that_field_alone() -> None:
    values, problems = compiled().canonical(HUBSPOT, {**RECORD, "annualrevenue": "a lot"})
    assert values == {"email": "ana@acme.com", "company": "Acme", "annualrevenue": MISSING}
    assert [(p.cause, p.side, p.fields) for p in problems] == [("value.invalid_number", HUBSPOT, ("annualrevenue",))]


def test_a_field_that_was_not_given_is_missing_and_no_blank() -> None:
    values, problems = compiled().canonical(HUBSPOT, {"email": None, "company": "Acme"})
    assert values == {"email": None, "company": "Acme", "annualrevenue": MISSING}
    assert problems == ()


@pytest.mark.parametrize("side", SIDES)
def test_a_fingerprint_notices_every_mapped_value_and_nothing_else(side: Side) -> None:
    mapping, record = compiled(), (RECORD, SALESFORCE_RECORD)[side is SALESFORCE]
    print_ = mapping.fingerprint(side, record)
    assert mapping.fingerprint(side, {**record, "unmapped": "x"}) == print_
    for name in record:
        assert mapping.fingerprint(side, {**record, name: "other"}) != print_
        assert mapping.fingerprint(side, {**record, name: None}) != print_
        absent = {key: value for key, value in record.items() if key != name}
        assert mapping.fingerprint(side, absent) not in (print_, mapping.fingerprint(side, {**record, name: None}))


def test_a_fingerprint_takes_any_raw_value() -> None:
    assert compiled().fingerprint(HUBSPOT, {**RECORD, "annualrevenue": 10**30})
    assert compiled().fingerprint(HUBSPOT, {**RECORD, "company": "\ud800"})


@pytest.mark.parametrize(
    "changed",
    [
        replace(RULES[2], rule=UpdateRule.ALWAYS_HUBSPOT),
        replace(RULES[2], values={"1": "2"}),
        replace(RULES[2], values_back={"1": "2"}),
        replace(RULES[2], dormant=True),
        replace(RULES[2], converter="money", policy=Policy.STAGE),
    ],
)
def test_a_changed_line_changes_every_fingerprint_so_that_records_are_looked_at_again(changed: FieldRule) -> None:
    assert compiled(*RULES[:2], changed).fingerprint(HUBSPOT, RECORD) != compiled().fingerprint(HUBSPOT, RECORD)


def test_fingerprints_are_the_same_in_every_process() -> None:
    assert compiled().fingerprint(HUBSPOT, RECORD) == "a8fadc2ba6deb697954f6963"


def test_a_line_whose_field_the_object_lacks_is_skipped_without_a_problem() -> None:
    contact = schema(SALESFORCE, "Contact", field("Email", Family.EMAIL))
    mapping = compiled(lead=contact, object="Contact")
    assert [line.key for line in mapping.lines] == ["email"]
    assert {(skipped.rule.key, skipped.cause) for skipped in mapping.skipped} == {
        ("company", ""),
        ("annualrevenue", ""),
    }


@pytest.mark.parametrize(
    ("rule", "side", "cause"),
    [
        (make_rule("gone", "Company", BOTH), HUBSPOT, "mapping.field_missing"),
        (make_rule("email", "AnnualRevenue", BOTH), SALESFORCE, "mapping.type_mismatch"),
        (make_rule("score", "Formula__c", BOTH), SALESFORCE, "mapping.read_only"),
        (make_rule("email", "Email", BOTH, UpdateRule.DONT_SYNC), SALESFORCE, ""),
    ],
)
def test_a_line_that_cannot_work_is_skipped_with_its_cause(rule: FieldRule, side: Side, cause: str) -> None:
    mapping = compiled(rule)
    assert mapping.lines == ()
    assert [(s.side, s.cause) for s in mapping.skipped] == [(side, cause)]


def test_a_calculated_field_is_a_source_only() -> None:
    (line,) = compiled(make_rule("score", "Score__c", BOTH)).lines
    assert line.writable == line.creatable == Pair(False, True)
    assert line.calculated == Pair(True, False)


def test_a_mapping_of_one_line_works_too() -> None:
    mapping = compiled(RULES[0])
    assert mapping.canonical(HUBSPOT, RECORD) == ({"email": "ana@acme.com"}, ())
    assert len(mapping.fingerprint(HUBSPOT, RECORD)) == 24


def test_lines_are_found_by_key_and_say_what_they_are() -> None:
    line = compiled().by_key["company"]
    assert (line.names, line.family, line.required) == (Pair("company", "Company"), Family.TEXT, Pair(False, True))
    assert (line.update_rule, line.policy) == (UpdateRule.PREFER_SALESFORCE, Policy.RULE)
    assert line.carry(HUBSPOT, "Acme") == line.render(SALESFORCE, "Acme") == "Acme"
    assert line.agree(Pair("Acme", "Acme"))


# --- the shipped mappings --------------------------------------------------------------------------------------------

DESIGNED = {
    "email": ("Email", "Email"),
    "firstname": ("FirstName", "FirstName"),
    "lastname": ("LastName", "LastName"),
    "salutation": ("Salutation", "Salutation"),
    "phone": ("Phone", "Phone"),
    "mobilephone": ("MobilePhone", "MobilePhone"),
    "fax": ("Fax", "Fax"),
    "jobtitle": ("Title", "Title"),
    "company": ("Company", None),
    "website": ("Website", None),
    "industry": ("Industry", None),
    "annualrevenue": ("AnnualRevenue", None),
    "numemployees": ("NumberOfEmployees", None),
    "address": ("Street", "MailingStreet"),
    "city": ("City", "MailingCity"),
    "state": ("State", "MailingState"),
    "zip": ("PostalCode", "MailingPostalCode"),
    "country": ("Country", "MailingCountry"),
    "leadsource": ("LeadSource", "LeadSource"),
    "hs_lead_status": ("Status", None),
    "hubspot_owner_id": ("OwnerId", "OwnerId"),
    "hs_email_optout": ("HasOptedOutOfEmail", "HasOptedOutOfEmail"),
}


def test_people_have_the_promised_default_fields() -> None:
    rules = KINDS["contacts"].rules
    assert {r.hubspot: tuple(r.salesforce.get(name) for name in BOTH) for r in rules} == DESIGNED
    two_way = {r.hubspot for r in rules if r.rule is UpdateRule.TWO_WAY}
    assert two_way == {"email", "firstname", "lastname", "hubspot_owner_id", "hs_email_optout"}
    assert {r.hubspot for r in rules if r.rule is UpdateRule.DONT_SYNC} == {"hs_lead_status"}


def test_lines_with_a_fixed_behaviour_have_it_in_every_kind() -> None:
    fixed = {
        (kind, r.hubspot): r.policy for kind, spec in KINDS.items() for r in spec.rules if r.policy is not Policy.RULE
    }
    assert fixed == {
        ("contacts", "email"): Policy.NEVER_BLANK,
        ("contacts", "hs_email_optout"): Policy.OPT_OUT,
        **{(kind, "hubspot_owner_id"): Policy.OWNER for kind in KINDS},
    }
    assert make_rule("lifecyclestage", "Stage__c", BOTH).policy is Policy.STAGE


@pytest.mark.parametrize("kind", KINDS)
def test_default_lists_are_one_to_one(kind: str) -> None:
    rules = KINDS[kind].rules
    assert len({r.hubspot for r in rules}) == len(rules)
    for object in KINDS[kind].salesforce_objects:
        names = [r.salesforce[object] for r in rules if object in r.salesforce]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", KINDS)
def test_value_maps_lead_back_to_where_they_came_from(kind: str) -> None:
    for rule in KINDS[kind].rules:
        for theirs, ours in rule.values_back.items():
            answer = rule.values.get(ours, ours)
            back = rule.values_back.get(answer) or next(k for k, v in rule.values.items() if v == answer)
            assert back == ours, f"{rule.hubspot}: {theirs} -> {ours} -> {answer} -> {back}"
