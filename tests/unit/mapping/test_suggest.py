"""Which lines are suggested, and what speaks for them."""

from __future__ import annotations

import pytest

from pasodoble.mapping.spec import make_rule
from pasodoble.mapping.suggest import Suggestion, suggest_rules
from pasodoble.model.rule import UpdateRule
from pasodoble.model.schema import Family, FieldSchema, ObjectSchema
from pasodoble.model.side import Pair, Side


def schema(side: Side, object: str, **families: Family | FieldSchema) -> ObjectSchema:
    fields = {
        name: f if isinstance(f, FieldSchema) else FieldSchema(name=name, label=name, family=f, vendor_type="")
        for name, f in families.items()
    }
    return ObjectSchema(side=side, object=object, label=object, fields=fields)


TEXT, CHOICE, NUMBER, PHONE = Family.TEXT, Family.CHOICE, Family.NUMBER, Family.PHONE
OBJECTS = Pair(
    schema(
        Side.HUBSPOT,
        "contacts",
        jobtitle=TEXT,
        favourite_colour=TEXT,
        score=NUMBER,
        phone=PHONE,
        hs_email=TEXT,
        segment=CHOICE,
    ),
    schema(
        Side.SALESFORCE, "Lead", Title=TEXT, Colour__c=TEXT, Points__c=NUMBER, Phone=PHONE, Id=Family.ID, Tier__c=CHOICE
    ),
)
COLOURS = "red green blue grey black white".split()
SAMPLE = [
    Pair(
        {
            "jobtitle": f"Job {n}",
            "favourite_colour": colour,
            "score": str(n),
            "phone": f"+34 600 000 00{n}",
            "segment": "AB"[n % 2],
        },
        {
            "Title": f"Job {n}",
            "Colour__c": colour.upper(),
            "Points__c": float(n),
            "Phone": f"0034600000 00{n}",
            "Tier__c": "12"[n % 2],
        },
    )
    for n, colour in enumerate(COLOURS)
]


def suggested(sample: list[Pair[dict[str, object]]], **told: object) -> dict[str, Suggestion]:
    return {s.rule.hubspot: s for s in suggest_rules(OBJECTS, sample, **told)}  # type: ignore[arg-type]


def test_fields_whose_values_agree_are_joined_whatever_their_names() -> None:
    found = suggested(SAMPLE)
    assert found["jobtitle"].rule.salesforce == {"Lead": "Title"}
    assert found["score"].rule.salesforce == {"Lead": "Points__c"}
    assert (found["score"].agreeing, found["score"].compared) == (6, 6)


def test_values_agree_as_the_converter_sees_them() -> None:
    phone = suggested(SAMPLE)["phone"]
    assert (phone.codec, phone.agreeing, phone.rule.rule) == ("phone", 6, UpdateRule.PREFER_SALESFORCE)


def test_without_records_names_alone_must_be_close() -> None:
    found = suggested([])
    assert found["phone"].rule.salesforce == {"Lead": "Phone"}
    assert found["phone"].score == pytest.approx(0.8)
    assert "score" not in found


def test_values_that_disagree_speak_against_like_names() -> None:
    sample = [Pair({"phone": f"60000000{n}"}, {"Phone": f"70000000{n}"}) for n in range(9)]
    assert "phone" not in suggested(sample)


def test_two_columns_of_one_value_each_prove_nothing() -> None:
    sample = [Pair({"favourite_colour": "red"}, {"Title": "red"}) for _ in range(9)]
    assert "favourite_colour" not in suggested(sample)


def test_options_that_always_stand_side_by_side_become_a_value_map() -> None:
    objects = Pair(schema(Side.HUBSPOT, "contacts", tier=CHOICE), schema(Side.SALESFORCE, "Lead", Tier__c=CHOICE))
    sample = [Pair({"tier": "ABC"[n % 3]}, {"Tier__c": ("Gold", "Silver", "Lead")[n % 3]}) for n in range(12)]
    (found,) = suggest_rules(objects, sample)
    assert found.rule.values == {"A": "Gold", "B": "Silver", "C": "Lead"}
    assert (found.score, found.agreeing) == (1.0, 12)


def test_nothing_is_suggested_twice_nor_what_is_mapped_already() -> None:
    title = make_rule("jobtitle", "Title", ("Lead",))
    found = suggested(SAMPLE, taken=[title])
    assert "jobtitle" not in found
    fields = [name for s in found.values() for name in s.rule.salesforce.values()]
    assert "Title" not in fields
    assert len(set(fields)) == len(fields)


def test_what_the_vendors_keep_for_themselves_is_not_suggested() -> None:
    sample = [Pair({"hs_email": f"x{n}"}, {"Title": f"x{n}"}) for n in range(9)]
    assert "hs_email" not in suggested(sample)


@pytest.mark.parametrize(
    ("hubspot", "salesforce", "rule"),
    [
        (True, False, UpdateRule.ALWAYS_SALESFORCE),
        (False, True, UpdateRule.ALWAYS_HUBSPOT),
        (True, True, UpdateRule.PREFER_SALESFORCE),
    ],
)
def test_a_side_that_cannot_be_written_is_suggested_as_a_source(
    *, hubspot: bool, salesforce: bool, rule: UpdateRule
) -> None:
    ours = FieldSchema(name="fax", label="Fax", family=TEXT, vendor_type="", writable=hubspot)
    theirs = FieldSchema(name="Fax", label="Fax", family=TEXT, vendor_type="", writable=salesforce)
    objects = Pair(schema(Side.HUBSPOT, "contacts", fax=ours), schema(Side.SALESFORCE, "Lead", Fax=theirs))
    assert [s.rule.rule for s in suggest_rules(objects, [])] == [rule]


def test_two_fields_that_nobody_can_write_are_not_joined() -> None:
    fixed = FieldSchema(name="Phone", label="Phone", family=PHONE, vendor_type="", writable=False)
    ours = FieldSchema(name="phone", label="phone", family=PHONE, vendor_type="", calculated=True)
    objects = Pair(schema(Side.HUBSPOT, "contacts", phone=ours), schema(Side.SALESFORCE, "Lead", Phone=fixed))
    assert suggest_rules(objects, []) == ()
