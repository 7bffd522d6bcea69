"""What each family's codec does, by example; the laws are in tests/laws."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from pasodoble.errors import MappingError
from pasodoble.mapping.convert.catalogue import FITTING, Join, build_codec, find_codec_name
from pasodoble.mapping.convert.codec import Codec, Loss, Unfit, UnreadableValue, Unresolved
from pasodoble.mapping.convert.reference import lengthen_id
from pasodoble.model.rule import FieldRule, UpdateRule
from pasodoble.model.schema import Family, FieldSchema, Option
from pasodoble.model.side import Pair, Side
from pasodoble.model.value import MISSING, Raw, Value

HUBSPOT, SALESFORCE = Side.HUBSPOT, Side.SALESFORCE


def field(family: Family, **told: object) -> FieldSchema:
    return FieldSchema(name="x", label="X", family=family, vendor_type="", **told)  # type: ignore[arg-type]


def codec(hubspot: FieldSchema, salesforce: FieldSchema, *, zone: str = "UTC", **told: object) -> Codec:
    rule = FieldRule(hubspot="x", salesforce={"Lead": "X"}, rule=UpdateRule.TWO_WAY, **told)  # type: ignore[arg-type]
    return build_codec(Join(fields=Pair(hubspot, salesforce), rule=rule, zone=ZoneInfo(zone)))


def options(*values: str) -> tuple[Option, ...]:
    return tuple(Option(value=value, label=value.title()) for value in values)


def cause_of(unreadable: Codec, side: Side, raw: Raw) -> str:
    with pytest.raises(UnreadableValue) as caught:
        unreadable.read(side, raw)
    return caught.value.cause


TEXT = codec(field(Family.TEXT), field(Family.TEXT, length=10))
NUMBER = codec(field(Family.NUMBER), field(Family.NUMBER, scale=2))
FLAG = codec(field(Family.FLAG), field(Family.FLAG))
PHONE = codec(field(Family.PHONE), field(Family.PHONE, length=40))
EMAIL = codec(field(Family.EMAIL), field(Family.EMAIL, length=80))
URL = codec(field(Family.TEXT), field(Family.URL, length=255))
OWNER = codec(field(Family.OWNER), field(Family.OWNER))
DAY = codec(field(Family.MOMENT), field(Family.DATE))


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (" Ana\t", "Ana"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("  ", None),
        ("", None),
        ("\u00a0Ana", "\u00a0Ana"),
        ("Jose\u0301", "José"),
        (12, "12"),
        (12.5, "12.5"),
        (3.0, "3"),
        (True, "true"),
        (False, "false"),
        (None, None),
        (MISSING, MISSING),
    ],
)
def test_text_is_trimmed_as_salesforce_trims_it(raw: Raw, value: Value) -> None:
    assert TEXT.read(HUBSPOT, raw) == value


def test_text_that_is_too_long_is_refused_and_never_cut() -> None:
    assert TEXT.carry(HUBSPOT, "12345678901") == Unfit("value.too_long", "10")
    assert TEXT.carry(SALESFORCE, "12345678901") == "12345678901"


def test_text_is_cut_only_where_the_line_asks_for_it_and_then_agrees_with_its_beginning() -> None:
    cut = codec(field(Family.TEXT), field(Family.TEXT, length=10), converter="cut_text")
    assert cut.carry(HUBSPOT, "123456789 1") == "123456789"
    assert cut.agree(Pair("123456789 1", "123456789"))
    assert cut.loss is Loss.PROJECTION


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("1500000", "1500000"),
        (1500000.0, "1500000"),
        ("1.5e6", "1500000"),
        ("0012.50", "12.5"),
        ("0012", "12"),
        ("100", "100"),
        ("1.00", "1"),
        (120, "120"),
        (-7, "-7"),
        (2.0**53, "9007199254740992"),
        (1e22, "10000000000000000000000"),
        ("-0.00", "0"),
        (-0.0, "0"),
        (".5", "0.5"),
        (0.1 + 0.2, "0.30000000000000004"),
        ("", None),
    ],
)
def test_numbers_have_one_spelling(raw: Raw, value: Value) -> None:
    assert NUMBER.read(HUBSPOT, raw) == value


@pytest.mark.parametrize(
    "raw", ["1,5", "abc", "1_000", "NaN", "Infinity", float("nan"), float("inf"), "1e9999", True, "١"]
)
def test_what_is_no_number_cannot_be_read(raw: Raw) -> None:
    assert cause_of(NUMBER, HUBSPOT, raw) == "value.invalid_number"


def test_numbers_are_rounded_to_what_salesforce_keeps_and_agree_with_their_rounding() -> None:
    assert NUMBER.carry(HUBSPOT, "12.345") == "12.35"
    assert NUMBER.carry(HUBSPOT, "-12.345") == "-12.35"
    assert NUMBER.agree(Pair("12.345", "12.35"))
    assert not NUMBER.agree(Pair("12.345", "12.34"))


def test_numbers_are_rounded_half_away_from_zero_to_any_scale() -> None:
    whole = codec(field(Family.NUMBER), field(Family.NUMBER, scale=0))
    assert [whole.carry(HUBSPOT, text) for text in ("0.5", "-0.5", "1.49", "0.4")] == ["1", "-1", "1", "0"]
    unscaled = codec(field(Family.NUMBER), field(Family.NUMBER))
    assert unscaled.carry(HUBSPOT, "0.123456") == "0.123456"
    assert whole.carry(SALESFORCE, "12") == "12"


def test_a_number_that_salesforce_has_no_room_for_is_refused() -> None:
    assert NUMBER.carry(HUBSPOT, "1" * 16) == "1" * 16
    assert NUMBER.carry(HUBSPOT, "1" * 17) == Unfit("value.out_of_range", "18")


@pytest.mark.parametrize(("value", "raw"), [("12", 12), ("12.5", 12.5), ("1234567890123456", "1234567890123456")])
def test_salesforce_gets_numbers_as_numbers_unless_floating_point_would_bend_them(value: str, raw: Raw) -> None:
    assert NUMBER.render(SALESFORCE, value) == raw
    assert NUMBER.render(HUBSPOT, value) == value


def test_what_is_neither_true_nor_false_cannot_be_read() -> None:
    assert cause_of(FLAG, HUBSPOT, "maybe") == "value.wrong_type"
    assert [FLAG.read(HUBSPOT, raw) for raw in (" TRUE ", "false", "", True, False)] == [True, False, None, True, False]
    assert FLAG.render(HUBSPOT, value=False) == "false"
    assert FLAG.render(SALESFORCE, value=False) is False


def test_a_text_that_is_neither_text_nor_number_cannot_be_read() -> None:
    assert cause_of(TEXT, HUBSPOT, ["a"]) == "value.unreadable"  # type: ignore[arg-type]  # what no vendor should send


@pytest.mark.parametrize(
    ("built", "name", "loss"),
    [
        (TEXT, "text", Loss.LOSSLESS),
        (NUMBER, "number", Loss.LOSSLESS),
        (FLAG, "flag", Loss.LOSSLESS),
        (PHONE, "phone", Loss.LOSSLESS),
        (EMAIL, "email", Loss.LOSSLESS),
        (URL, "url", Loss.LOSSLESS),
        (OWNER, "owner", Loss.LOSSLESS),
        (DAY, "day_of_moment", Loss.PROJECTION),
        (codec(field(Family.TEXT), field(Family.ID)), "id", Loss.ONE_WAY),
        (codec(field(Family.NUMBER), field(Family.REFERENCE)), "reference", Loss.LOSSLESS),
        (codec(field(Family.NUMBER), field(Family.MONEY)), "money", Loss.LOSSLESS),
    ],
)
def test_codecs_declare_what_they_cost(built: Codec, name: str, loss: Loss) -> None:
    assert (built.name, built.loss) == (name, loss)


def test_a_reference_waits_until_the_other_record_is_there() -> None:
    reference = codec(field(Family.NUMBER), field(Family.REFERENCE))
    assert reference.carry(SALESFORCE, "001000000000001AAA") == Unresolved("record", "001000000000001AAA")
    assert reference.read(HUBSPOT, 12.0) == "12"
    assert reference.read(SALESFORCE, " ") is None
    assert OWNER.carry(SALESFORCE, "005000000000009AAA") == Unresolved("owner", "005000000000009AAA")


def test_ids_are_shown_as_they_are() -> None:
    shown = codec(field(Family.TEXT), field(Family.ID))
    assert shown.carry(SALESFORCE, "001000000000001AAA") == "001000000000001AAA"


def test_nothing_is_made_of_what_is_not_known() -> None:
    assert TEXT.carry(HUBSPOT, MISSING) is MISSING
    assert TEXT.render(HUBSPOT, MISSING) is None
    assert TEXT.render(HUBSPOT, None) is None
    assert not TEXT.agree(Pair(MISSING, "a"))
    assert TEXT.agree(Pair(None, None))
    assert not TEXT.agree(Pair(None, "a"))


def test_addresses_and_numbers_that_are_too_long_are_refused() -> None:
    assert EMAIL.carry(HUBSPOT, f"{'a' * 80}@acme.com") == Unfit("value.too_long", "80")
    assert EMAIL.carry(HUBSPOT, "ana@acme.com") == "ana@acme.com"
    assert PHONE.carry(HUBSPOT, "1" * 41) == Unfit("value.too_long", "40")
    assert URL.carry(HUBSPOT, "a" * 256) == Unfit("value.too_long", "255")
    assert TEXT.carry(SALESFORCE, "a" * 65_536) == "a" * 65_536
    assert TEXT.carry(SALESFORCE, "a" * 65_537) == Unfit("value.too_long", "65536")


def test_half_is_fifty_percent() -> None:
    percent = codec(field(Family.PERCENT), field(Family.PERCENT, scale=1))
    assert percent.carry(HUBSPOT, "0.5") == "50"
    assert percent.carry(SALESFORCE, "12.5") == "0.125"
    assert codec(field(Family.NUMBER), field(Family.PERCENT, scale=1)).carry(HUBSPOT, "50") == "50"


def test_a_blank_of_hubspot_agrees_with_an_empty_checkbox() -> None:
    assert FLAG.agree(Pair(None, False))
    assert not FLAG.agree(Pair(None, True))
    assert FLAG.carry(HUBSPOT, None) is False
    assert FLAG.may_blank(HUBSPOT)
    assert not FLAG.may_blank(SALESFORCE)
    assert FLAG.render(HUBSPOT, value=True) == "true"
    assert FLAG.render(SALESFORCE, value=True) is True


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("+34 600 11 22 33", "+34600112233"),
        ("0034 600112233", "+34600112233"),
        ("+1 (415) 555-2671", "+14155552671"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("+34 600 11 22 33 ext. 12", "+34600112233x12"),
        ("600.112.233", "600112233"),
        ("(600) 112-233", "600112233"),
        ("call reception", "call reception"),
        ("+1 23", "123"),
        (" ", None),
        (600112233, "600112233"),
    ],
)
def test_phone_numbers_are_compared_by_what_is_dialled(raw: Raw, value: Value) -> None:
    assert PHONE.read(SALESFORCE, raw) == value


def test_a_phone_number_is_sent_as_somebody_wrote_it() -> None:
    assert PHONE.render(SALESFORCE, "+34600112233", " +34 600 11 22 33 ") == "+34 600 11 22 33"
    assert PHONE.render(SALESFORCE, "+34600112233", "+34 600 11 22 44") == "+34600112233"
    assert PHONE.render(SALESFORCE, "+34600112233") == "+34600112233"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (" Ana@Acme.COM\n", "ana@acme.com"),
        ("ana@bücher.de", "ana@xn--bcher-kva.de"),
        ("ana@xn--bcher-kva.de", "ana@xn--bcher-kva.de"),
        ("not an address", "not an address"),
        ("", None),
    ],
)
def test_addresses_are_compared_in_lower_case_with_an_ascii_domain(raw: Raw, value: Value) -> None:
    assert EMAIL.read(HUBSPOT, raw) == value


@pytest.mark.parametrize("address", ["ana", "ana@acme", "a b@acme.com", "ana@@acme.com", "ana@acme.com;eva@acme.com"])
def test_what_is_no_address_is_not_carried(address: str) -> None:
    assert EMAIL.carry(HUBSPOT, address) == Unfit("value.invalid_email")


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("HTTPS://Acme.com/", "https://acme.com"),
        ("Acme.COM/Path?Q=1", "acme.com/Path?Q=1"),
        ("www.acme.com", "www.acme.com"),
        ("/", "/"),
    ],
)
def test_web_addresses_are_compared_with_the_host_in_lower_case(raw: Raw, value: Value) -> None:
    assert URL.read(SALESFORCE, raw) == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("2026-01-31T10:00:00.999Z", "2026-01-31T10:00:00Z"),
        ("2026-01-31T10:00:00.000+0000", "2026-01-31T10:00:00Z"),
        ("2026-01-31T11:30:00+01:30", "2026-01-31T10:00:00Z"),
        (1769853600999, "2026-01-31T10:00:00Z"),
        ("1769853600999", "2026-01-31T10:00:00Z"),
        ("", None),
    ],
)
def test_moments_are_floored_to_the_second_in_utc(raw: Raw, value: Value) -> None:
    assert codec(field(Family.MOMENT), field(Family.MOMENT)).read(HUBSPOT, raw) == value


@pytest.mark.parametrize("raw", ["2026-02-30T10:00:00Z", "yesterday", "99999999999999999999"])
def test_what_is_no_moment_cannot_be_read(raw: Raw) -> None:
    assert cause_of(DAY, HUBSPOT, raw) == "value.invalid_date"


@pytest.mark.parametrize(
    ("raw", "value"), [("2026-01-31", "2026-01-31"), (1769817600000, "2026-01-31"), ("1769817600000", "2026-01-31")]
)
def test_a_day_is_never_shifted(raw: Raw, value: Value) -> None:
    assert codec(field(Family.DATE), field(Family.DATE)).read(HUBSPOT, raw) == value


def test_one_zone_says_on_which_day_a_moment_falls() -> None:
    late = "2026-01-31T23:30:00Z"
    madrid = codec(field(Family.MOMENT), field(Family.DATE), zone="Europe/Madrid")
    assert DAY.carry(HUBSPOT, late) == "2026-01-31"
    assert madrid.carry(HUBSPOT, late) == "2026-02-01"
    assert madrid.carry(SALESFORCE, "2026-02-01") == "2026-01-31T23:00:00Z"


def test_the_hour_of_a_moment_is_not_lost_to_a_day_that_agrees_with_it() -> None:
    assert DAY.agree(Pair("2026-01-31T09:30:00Z", "2026-01-31"))
    assert DAY.loss is Loss.PROJECTION


def test_the_day_may_be_on_either_side() -> None:
    birthday = codec(field(Family.DATE), field(Family.MOMENT))
    assert birthday.carry(HUBSPOT, "2026-01-31") == "2026-01-31T00:00:00Z"
    assert birthday.carry(SALESFORCE, "2026-01-31T09:30:00Z") == "2026-01-31"


def test_times_of_day_are_spelled_as_each_side_wants_them() -> None:
    time = codec(field(Family.TEXT), field(Family.TIME))
    assert time.read(HUBSPOT, "09:30") == time.read(SALESFORCE, "09:30:00.000Z") == "09:30:00"
    assert time.render(SALESFORCE, "09:30:00") == "09:30:00.000Z"
    assert cause_of(time, HUBSPOT, "half past nine") == "value.invalid_date"
    assert time.read(HUBSPOT, " ") is None


def test_an_option_that_the_other_side_lacks_is_not_carried() -> None:
    choice = codec(
        field(Family.CHOICE, options=options("red", "blue"), restricted=True),
        field(Family.CHOICE, options=(*options("red", "green"), Option(value="old", label="Old", active=False))),
    )
    assert choice.carry(HUBSPOT, "red") == "red"
    assert choice.carry(HUBSPOT, "blue") == Unfit("picklist.value_missing")
    assert choice.carry(HUBSPOT, "Red") == Unfit("picklist.value_missing")
    assert choice.carry(HUBSPOT, "old") == Unfit("picklist.value_missing")
    assert choice.carry(SALESFORCE, "green") == Unfit("picklist.value_missing")


def test_options_that_hubspot_keeps_elsewhere_are_not_guessed() -> None:
    stage = codec(field(Family.CHOICE, options=options("one")), field(Family.CHOICE, options=options("One", "Two")))
    assert stage.carry(SALESFORCE, "Two") == "Two"


def test_a_value_map_joins_options_that_are_spelled_differently() -> None:
    choice = codec(
        field(Family.CHOICE, options=options("NEW", "OPEN", "BUSY")),
        field(Family.CHOICE, options=options("Open", "Working", "Escalated")),
        values={"NEW": "Open", "OPEN": "Open", "BUSY": "Working"},
        values_back={"Escalated": "BUSY"},
    )
    assert choice.carry(HUBSPOT, "OPEN") == "Open"
    assert choice.carry(SALESFORCE, "Open") == "NEW"
    assert choice.agree(Pair("OPEN", "Open"))
    assert choice.carry(SALESFORCE, "Escalated") == "BUSY"
    assert choice.agree(Pair("BUSY", "Escalated"))


def test_several_choices_are_a_set() -> None:
    choices = codec(field(Family.CHOICES), field(Family.CHOICES, options=options("a", "b", "c")), values={"x": "c"})
    assert choices.read(HUBSPOT, ";b; a;b") == "a;b"
    assert choices.carry(HUBSPOT, "a;x") == "a;c"
    assert choices.carry(SALESFORCE, "a;c") == "a;x"
    assert choices.carry(HUBSPOT, "a;q") == Unfit("picklist.value_missing")
    assert choices.read(HUBSPOT, ";") is None


class Directory:
    def owner(self, side: Side, id: str) -> str | None:
        return {(HUBSPOT, "42"): "005000000000001AAA", (SALESFORCE, "005000000000001AAA"): "42"}.get((side, id))

    def record(self, side: Side, id: str) -> str | None:
        return None


def test_an_owner_is_looked_up_and_never_guessed() -> None:
    assert OWNER.carry(HUBSPOT, "42", Directory()) == "005000000000001AAA"
    assert OWNER.carry(HUBSPOT, "43", Directory()) == Unresolved("owner", "43")
    assert OWNER.agree(Pair("42", "005000000000001AAA"), Directory())


def test_no_record_of_salesforce_is_left_without_an_owner() -> None:
    assert OWNER.carry(HUBSPOT, None, Directory()) == Unfit("value.required_missing")
    assert not OWNER.may_blank(SALESFORCE)


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("001D000000IqhSL", "001D000000IqhSLIAZ"),
        ("005000000000001", "005000000000001AAA"),
        ("00QZZZZZZZZZZZZ", "00QZZZZZZZZZZZZ255"),
    ],
)
def test_salesforce_ids_have_eighteen_characters(short: str, long: str) -> None:
    assert lengthen_id(short) == long
    assert OWNER.read(SALESFORCE, short) == OWNER.read(SALESFORCE, long) == long


def test_what_is_no_salesforce_id_cannot_be_read() -> None:
    assert cause_of(OWNER, SALESFORCE, "Ana") == "value.malformed_id"


def test_a_pipeline_answers_to_a_record_type_by_the_value_map_alone() -> None:
    pipeline = codec(
        field(Family.CHOICE),
        field(Family.REFERENCE),
        values={"default": "012000000000001", "partners": "012000000000002AAA"},
    )
    assert pipeline.carry(HUBSPOT, "default") == "012000000000001AAA"
    assert pipeline.carry(SALESFORCE, "012000000000002AAA") == "partners"
    assert pipeline.carry(HUBSPOT, "other") == Unfit("picklist.value_missing")


def test_marked_up_text_is_compared_by_its_words() -> None:
    rich = codec(field(Family.RICH_TEXT), field(Family.LONG_TEXT, length=100))
    html = "<div><p>Dear&nbsp;Ana,</p><p>see <b>you</b><br/>soon</p><script>x()</script></div>"
    assert rich.read(HUBSPOT, html) == "Dear Ana,\nsee you\nsoon"
    assert rich.read(SALESFORCE, "Dear Ana,\r\n\r\nsee  you\nsoon") == "Dear Ana,\nsee you\nsoon"
    assert rich.render(HUBSPOT, "a < b\nc") == "<p>a &lt; b</p><p>c</p>"
    assert rich.loss is Loss.ONE_WAY


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("a<hr>b", "a\nb"),
        ("a<hr/>b", "a\nb"),
        ("a<br>b<br />c", "a\nb\nc"),
        ("<ul><li>a</li><li>b</li></ul>c", "a\nb\nc"),
        ("a <i>b</i>\nc", "a b c"),
        ("<style>p {}</style>a<title>t</title>", "a"),
        ("</script>a", "a"),
        ("a &lt;b&gt;", "a <b>"),
        ("<p> </p>", None),
    ],
)
def test_words_and_line_breaks_are_what_a_reader_sees(html: str, words: str | None) -> None:
    assert codec(field(Family.RICH_TEXT), field(Family.RICH_TEXT)).read(HUBSPOT, html) == words


def test_addresses_of_the_web_and_of_mail_are_sent_as_somebody_wrote_them() -> None:
    assert URL.render(SALESFORCE, "https://acme.com", "HTTPS://Acme.com/") == "HTTPS://Acme.com/"
    assert EMAIL.render(SALESFORCE, "ana@acme.com", "Ana@Acme.com") == "Ana@Acme.com"


def test_moments_before_1970_are_moments_too() -> None:
    assert codec(field(Family.MOMENT), field(Family.MOMENT)).read(HUBSPOT, "-1000") == "1969-12-31T23:59:59Z"


def test_markup_goes_as_it_is_where_both_sides_hold_markup() -> None:
    rich = codec(field(Family.RICH_TEXT), field(Family.RICH_TEXT))
    assert rich.render(SALESFORCE, "you", "<b>you</b>") == "<b>you</b>"


@pytest.mark.parametrize(
    ("hubspot", "salesforce", "name"),
    [
        (Family.CHOICE, Family.CHOICE, "choice"),  # MT-01
        (Family.CHOICE, Family.REFERENCE, "record_type"),
        (Family.CHOICES, Family.CHOICES, "choices"),  # MT-02
        (Family.FLAG, Family.FLAG, "flag"),  # MT-03
        (Family.NUMBER, Family.NUMBER, "number"),  # MT-04
        (Family.NUMBER, Family.MONEY, "money"),  # MT-08
        (Family.NUMBER, Family.PERCENT, "number"),
        (Family.TEXT, Family.TEXT, "text"),  # MT-05
        (Family.TEXT, Family.LONG_TEXT, "text"),
        (Family.LONG_TEXT, Family.LONG_TEXT, "text"),  # MT-06
        (Family.LONG_TEXT, Family.TEXT, None),
        (Family.DATE, Family.DATE, "date"),  # MT-07
        (Family.MOMENT, Family.DATE, "day_of_moment"),
        (Family.DATE, Family.MOMENT, "day_of_moment"),
        (Family.TEXT, Family.PHONE, "phone"),
        (Family.TEXT, Family.EMAIL, "email"),
        (Family.TEXT, Family.URL, "url"),
        (Family.TEXT, Family.TIME, "time"),
        (Family.TEXT, Family.ID, "id"),
        (Family.RICH_TEXT, Family.LONG_TEXT, "rich_text"),
        (Family.TEXT, Family.NUMBER, None),
        (Family.NUMBER, Family.TEXT, None),
        (Family.FLAG, Family.TEXT, None),
        (Family.OTHER, Family.TEXT, None),
        (Family.TEXT, Family.OTHER, None),
    ],
)
def test_which_types_fit_which(hubspot: Family, salesforce: Family, name: str | None) -> None:
    rule = FieldRule(hubspot="x", salesforce={}, rule=UpdateRule.TWO_WAY)
    assert find_codec_name(Pair(field(hubspot), field(salesforce)), rule) == name


def test_types_that_do_not_fit_are_refused_by_name() -> None:
    with pytest.raises(MappingError, match=r"x \(flag\) cannot be joined to Salesforce's x \(text\)"):
        codec(field(Family.FLAG), field(Family.TEXT))


def test_a_converter_is_taken_only_where_it_fits() -> None:
    with pytest.raises(MappingError):
        codec(field(Family.FLAG), field(Family.FLAG), converter="number")


def test_every_fitting_codec_can_be_built() -> None:
    for (hubspot, salesforce), names in FITTING.items():
        for name in names:
            built = codec(field(hubspot), field(salesforce), converter=name)
            assert built.name == name


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (" Ana@MÜLLER.example ", "ana@xn--mller-kva.example"),
        ("añá", "añá"),
        (f"ana@{'ü' * 70}.example", f"ana@{'ü' * 70}.example"),
        ("\u3000", None),
    ],
)
def test_an_address_that_is_not_plain_ascii_is_read_by_its_domain_or_left_as_it_is(raw: str, value: Value) -> None:
    assert EMAIL.read(HUBSPOT, raw) == value


@pytest.mark.parametrize("tag", ["script", "style", "head", "title"])
def test_what_no_reader_sees_is_no_word_of_a_rich_text(tag: str) -> None:
    rich = codec(field(Family.RICH_TEXT), field(Family.LONG_TEXT, length=255))
    assert rich.carry(HUBSPOT, rich.read(HUBSPOT, f"<p>seen</p><{tag}>unseen</{tag}>")) == "seen"


def test_a_rule_across_a_rich_text_is_one_line_end() -> None:
    rich = codec(field(Family.RICH_TEXT), field(Family.LONG_TEXT, length=255))
    assert rich.carry(HUBSPOT, rich.read(HUBSPOT, "a<hr/>b")) == "a\nb"
