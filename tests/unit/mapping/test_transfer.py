"""Mappings as CSV and as lines of a settings file, out and in again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pasodoble.mapping.presets import KINDS
from pasodoble.mapping.spec import make_rule
from pasodoble.mapping.transfer import COLUMNS, RULE_NAMES, parse_csv, parse_rule, render_csv, render_lines
from pasodoble.model.rule import FieldRule, UpdateRule
from pasodoble.model.schema import Family, FieldSchema, ObjectSchema
from pasodoble.model.settings import ObjectSettings
from pasodoble.model.side import Side

BOTH = ("Lead", "Contact")
HEAD = ",".join(COLUMNS)


def settings(*rules: FieldRule) -> ObjectSettings:
    return ObjectSettings(kind="contacts", hubspot_object="contacts", salesforce_objects=BOTH, fields=rules)


def schema(side: Side, object: str, **labels: str) -> ObjectSchema:
    fields = {n: FieldSchema(name=n, label=label, family=Family.TEXT, vendor_type="") for n, label in labels.items()}
    return ObjectSchema(side=side, object=object, label=object, fields=fields)


def test_the_export_has_hubspots_columns_and_words() -> None:
    rules = (
        make_rule("email", "Email", BOTH, UpdateRule.TWO_WAY),
        make_rule("address", {"Lead": "Street", "Contact": "MailingStreet"}, BOTH),
        make_rule("hs_lead_status", {"Lead": "Status"}, BOTH, UpdateRule.DONT_SYNC),
        replace(make_rule("x", "X__c", BOTH, UpdateRule.ALWAYS_HUBSPOT), dormant=True),
    )
    assert render_csv(settings(*rules)).splitlines() == [
        "HubSpot Field Name,Salesforce Field Name,Sync Rule,Status,Mapping type",
        "email,Email,Two-way,Active,Standard",
        "address,Lead.Street; Contact.MailingStreet,Prefer Salesforce unless blank,Active,Standard",
        "hs_lead_status,Lead.Status,Don't sync,Off,Standard",
        "x,X__c,Always use HubSpot,Waiting for a backfill,Custom",
    ]


def test_no_cell_is_a_formula() -> None:
    text = render_csv(settings(make_rule("=cmd()", "Title", BOTH)))
    assert "'=cmd()" in text
    assert parse_csv(text, BOTH).rules[0].hubspot == "=cmd()"


def test_the_default_mapping_comes_back_as_it_went_out() -> None:
    rules = KINDS["contacts"].rules
    back = parse_csv(render_csv(settings(*rules)), BOTH)
    assert back.problems == ()
    assert [(r.hubspot, r.salesforce, r.rule, r.policy) for r in back.rules] == [
        (r.hubspot, r.salesforce, r.rule, r.policy) for r in rules
    ]


def test_labels_are_found_where_the_schemas_are_known() -> None:
    text = f"{HEAD}\nJob Title,Title,Two-way,Active,Standard\nStreet Address,Street,,,\n"
    back = parse_csv(
        text,
        BOTH,
        hubspot=schema(Side.HUBSPOT, "contacts", jobtitle="Job Title", address="Street Address"),
        salesforce=[
            schema(Side.SALESFORCE, "Lead", Title="Title", Street="Street"),
            schema(Side.SALESFORCE, "Contact", Title="Title"),
        ],
    )
    assert back.problems == ()
    assert [(r.hubspot, r.salesforce, r.rule) for r in back.rules] == [
        ("jobtitle", {"Lead": "Title", "Contact": "Title"}, UpdateRule.TWO_WAY),
        ("address", {"Lead": "Street"}, UpdateRule.PREFER_SALESFORCE),
    ]


def test_columns_may_stand_in_any_order_and_case_and_a_byte_order_mark_is_no_name() -> None:
    text = "\ufeffsync rule,SALESFORCE FIELD NAME,HubSpot field name\nAlways use Salesforce,Fax,fax\n"
    assert [(r.hubspot, r.rule) for r in parse_csv(text, BOTH).rules] == [("fax", UpdateRule.ALWAYS_SALESFORCE)]


def test_a_row_that_cannot_be_taken_over_is_told_with_its_line() -> None:
    known = schema(Side.HUBSPOT, "contacts", fax="Fax", phone="Phone")
    text = f"{HEAD}\nfax,Fax,Sometimes,,\n,Fax,,,\ngone,Fax,,,\nfax,Fax,,,\nphone,Fax,,,\n"
    back = parse_csv(text, BOTH, hubspot=known)
    assert [r.hubspot for r in back.rules] == ["fax"]
    assert [(m.id, dict(m.params)["line"]) for m in back.problems] == [
        ("import.no_rule", "2"),
        ("import.name_missing", "3"),
        ("import.no_field", "4"),
        ("import.mapped_already", "6"),
    ]


def test_a_salesforce_field_that_no_object_has_is_told() -> None:
    back = parse_csv(f"{HEAD}\nfax,Fax,,,\n", ("Lead",), salesforce=[schema(Side.SALESFORCE, "Lead", Phone="Phone")])
    assert [m.id for m in back.problems] == ["import.no_field"]


def test_a_file_without_the_columns_is_told_which_are_missing() -> None:
    back = parse_csv("a,b\n1,2\n", BOTH)
    assert back.rules == ()
    assert [dict(m.params)["columns"] for m in back.problems] == ["HubSpot Field Name, Salesforce Field Name"]


@pytest.mark.parametrize("rule", list(UpdateRule))
def test_every_rule_is_understood_by_name_and_by_key(rule: UpdateRule) -> None:
    assert parse_rule(RULE_NAMES[rule]) is rule
    assert parse_rule(str(rule)) is rule
    assert parse_rule(RULE_NAMES[rule].upper()) is rule


def test_a_curly_apostrophe_is_an_apostrophe() -> None:
    assert parse_rule("Don’t sync") is UpdateRule.DONT_SYNC
    assert parse_rule("sync somehow") is None


def test_lines_for_a_settings_file_say_only_what_must_be_said() -> None:
    rules = (
        make_rule("email", "Email", BOTH, UpdateRule.TWO_WAY),
        make_rule("company", "Company", ("Lead",)),
        make_rule("tier", "Tier__c", BOTH, values={"A": "Gold"}, values_back={"Lead": "A"}, converter="choice"),
    )
    assert render_lines(rules, BOTH) == [
        {"hubspot": "email", "salesforce": "Email", "rule": "two_way"},
        {"hubspot": "company", "salesforce": {"Lead": "Company"}, "rule": "prefer_salesforce_unless_blank"},
        {
            "hubspot": "tier",
            "salesforce": "Tier__c",
            "rule": "prefer_salesforce_unless_blank",
            "values": {"A": "Gold"},
            "values_back": {"Lead": "A"},
            "converter": "choice",
        },
    ]
