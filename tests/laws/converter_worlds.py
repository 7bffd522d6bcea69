"""For the laws of the converters: one world a family. What each side may hold, and how each vendor reshapes what it is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import strategies as st

from pasodoble.mapping.convert.catalogue import CODECS, Join
from pasodoble.mapping.convert.codec import Codec, Lookup
from pasodoble.mapping.convert.reference import lengthen_id
from pasodoble.model.rule import FieldRule, UpdateRule
from pasodoble.model.schema import Family, FieldSchema, Option
from pasodoble.model.side import Pair, Side
from pasodoble.model.value import Raw

Store = Callable[[Raw], Raw]
"""What a vendor gives back of a value that it was sent."""

ALPHABET = st.characters(codec="utf-8", exclude_categories=["Cs"])
TEXTS = st.text(ALPHABET, max_size=60)
BLANKISH = st.sampled_from([None, "", " ", "\r\n"])
MESSY_TEXTS = st.builds(
    "{}{}{}".format, BLANKISH.map(lambda b: b or ""), TEXTS, st.sampled_from(["", "\n", "\r", " \t", "\u00a0"])
)


class Counterparts(Lookup):
    """Every HubSpot number answers to one Salesforce id; those that end in 7 have no counterpart."""

    def owner(self, side: Side, id: str) -> str | None:
        return self.record(side, id)

    def record(self, side: Side, id: str) -> str | None:
        if side is Side.HUBSPOT:
            return None if id.endswith("7") or not id.isdecimal() else lengthen_id(f"005{id:0>12}")
        number = id[3:15].lstrip("0")
        return None if number.endswith("7") or not number.isdecimal() else number


COUNTERPARTS = Counterparts()


@dataclass(frozen=True)
class World:
    name: str
    codec: Codec
    raws: Pair[st.SearchStrategy[Raw]]
    stores: Pair[Store]


def field(family: Family, **told: object) -> FieldSchema:
    return FieldSchema(name="x", label="X", family=family, vendor_type="", **told)  # type: ignore[arg-type]


def build(name: str, hubspot: FieldSchema, salesforce: FieldSchema, **told: object) -> Codec:
    rule = FieldRule(hubspot="x", salesforce={"Lead": "X"}, rule=UpdateRule.TWO_WAY, **told)  # type: ignore[arg-type]
    return CODECS[name](Join(fields=Pair(hubspot, salesforce), rule=rule))


# --- how the vendors store -------------------------------------------------------------------------------------------


def hubspot_text(raw: Raw) -> Raw:
    return None if raw is None or raw == "" else str(raw)


def hubspot_email(raw: Raw) -> Raw:
    return None if raw is None else str(raw).strip().lower()


def hubspot_moment(raw: Raw) -> Raw:
    if raw is None:
        return None
    moment = datetime.fromisoformat(str(raw)).astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.").rjust(20, "0") + f"{moment.microsecond // 1000:03}Z"


def salesforce_text(raw: Raw) -> Raw:
    if raw is None:
        return None
    return str(raw).replace("\r\n", "\n").strip("".join(map(chr, range(33)))) or None


def salesforce_moment(raw: Raw) -> Raw:
    if raw is None:
        return None
    moment = datetime.fromisoformat(str(raw)).astimezone(UTC).replace(microsecond=0)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000").rjust(28, "0")


def salesforce_number(scale: int) -> Store:
    def store(raw: Raw) -> Raw:
        if raw is None:
            return None
        return float(Decimal(str(raw)).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP))

    return store


def as_it_is(raw: Raw) -> Raw:
    return raw


# --- what the sides hold ---------------------------------------------------------------------------------------------

DECIMALS = st.decimals(min_value=-(10**9), max_value=10**9, places=None, allow_nan=False, allow_infinity=False)
HUBSPOT_NUMBERS = st.one_of(BLANKISH, DECIMALS.map(str), st.integers(-(10**12), 10**12), st.floats(-1e9, 1e9))


def salesforce_numbers(scale: int) -> st.SearchStrategy[Raw]:
    return st.one_of(st.none(), st.decimals(-(10**9), 10**9, places=scale).map(float), st.integers(-(10**9), 10**9))


MOMENTS = st.datetimes(datetime(1700, 1, 1), datetime(2999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
HUBSPOT_MOMENTS = st.one_of(
    BLANKISH,
    MOMENTS.map(lambda m: m.isoformat(timespec="milliseconds").replace("+00:00", "Z")),
    MOMENTS.map(lambda m: m.isoformat(timespec="seconds").replace("+00:00", "Z")),
    st.integers(-(10**12), 10**13),
    st.integers(0, 10**13).map(str),
)
SALESFORCE_MOMENTS = st.one_of(st.none(), MOMENTS.map(lambda m: salesforce_moment(m.isoformat())))
DAYS = st.dates().map(lambda d: d.isoformat())
HUBSPOT_DAYS = st.one_of(
    BLANKISH,
    DAYS,
    st.integers(0, 30_000).map(lambda n: n * 86_400_000),
    st.integers(0, 30_000).map(lambda n: str(n * 86_400_000)),
)
TIMES = st.times()
PHONES = st.one_of(
    BLANKISH,
    TEXTS,
    st.text("+0123456789 ()-./x", max_size=20),
    st.from_regex(
        r"(\+|00)?(34|1|44|49|39|52)[ .-]?\(?0?[0-9]{3}\)?[ .-]?[0-9]{3}[ .-]?[0-9]{2,4}( ext\. ?[0-9]{1,3})?",
        fullmatch=True,
    ),
)
EMAILS = st.one_of(BLANKISH, st.emails(), st.emails().map(str.upper), st.just(" Ana@Bücher.DE "), MESSY_TEXTS)
URLS = st.one_of(
    BLANKISH,
    MESSY_TEXTS,
    st.from_regex(r"(HTTPS?|https?)?(://)?[A-Za-z0-9.]{1,12}(/[a-zA-Z?#=/]{0,8})?", fullmatch=True),
)
TAGS = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<br>",
        "<br/>",
        "<b>",
        "</b>",
        "<div>",
        "</div>",
        "&amp;",
        "&nbsp;",
        "<script>",
        "</script>",
        "<!-- x -->",
        "<",
        "&",
    ]
)
HTMLS = st.one_of(BLANKISH, TEXTS, st.lists(st.one_of(TAGS, st.text("ab é\n", max_size=5)), max_size=12).map("".join))
COLOURS = ("red", "green", "Dark blue", "grey")
FARBEN = ("rot", "green", "Dunkelblau", "schwarz")
VALUES = {"red": "rot", "Dark blue": "Dunkelblau", "grey": "Dunkelblau"}
BACK = {"schwarz": "Dark blue"}


def options(names: tuple[str, ...]) -> tuple[Option, ...]:
    return tuple(Option(value=name, label=name) for name in names)


def several(names: tuple[str, ...]) -> st.SearchStrategy[Raw]:
    return st.one_of(st.none(), st.lists(st.sampled_from((*names, "unknown")), max_size=5).map(";".join))


NUMBERS = st.integers(1, 10**11).map(str)
SHORT_IDS = NUMBERS.map(lambda n: f"005{n:0>12}")
IDS = Pair(st.one_of(BLANKISH, NUMBERS, NUMBERS.map(int)), st.one_of(st.none(), SHORT_IDS, SHORT_IDS.map(lengthen_id)))

_TEXT = field(Family.TEXT)
_SHORT = field(Family.TEXT, length=40)
_CHOICE = Pair(
    field(Family.CHOICE, options=options(COLOURS), restricted=True),
    field(Family.CHOICE, options=options(FARBEN), restricted=True),
)
_RICH = field(Family.RICH_TEXT)
_PLAIN_STORES: Pair[Store] = Pair(hubspot_text, salesforce_text)

WORLDS = (
    World("text", build("text", _TEXT, _SHORT), Pair(MESSY_TEXTS, MESSY_TEXTS), _PLAIN_STORES),
    World(
        "cut_text",
        build("cut_text", _TEXT, _SHORT),
        Pair(MESSY_TEXTS, MESSY_TEXTS.map(lambda t: t[:40])),
        _PLAIN_STORES,
    ),
    World(
        "rich_text",
        build("rich_text", _RICH, field(Family.LONG_TEXT, length=32_000)),
        Pair(HTMLS, MESSY_TEXTS),
        _PLAIN_STORES,
    ),
    World("rich_text_both", build("rich_text", _RICH, _RICH), Pair(HTMLS, HTMLS), Pair(as_it_is, as_it_is)),
    World(
        "email",
        build("email", field(Family.EMAIL), field(Family.EMAIL, length=80)),
        Pair(EMAILS, EMAILS),
        Pair(hubspot_email, salesforce_text),
    ),
    World(
        "phone",
        build("phone", field(Family.PHONE), field(Family.PHONE, length=40)),
        Pair(PHONES, PHONES),
        _PLAIN_STORES,
    ),
    World("url", build("url", field(Family.URL), field(Family.URL, length=255)), Pair(URLS, URLS), _PLAIN_STORES),
    World(
        "number",
        build("number", field(Family.NUMBER), field(Family.NUMBER, scale=2)),
        Pair(HUBSPOT_NUMBERS, salesforce_numbers(2)),
        Pair(hubspot_text, salesforce_number(2)),
    ),
    World(
        "money",
        build("money", field(Family.MONEY), field(Family.MONEY, scale=0)),
        Pair(HUBSPOT_NUMBERS, salesforce_numbers(0)),
        Pair(hubspot_text, salesforce_number(0)),
    ),
    World(
        "percent",
        build("percent", field(Family.PERCENT), field(Family.PERCENT, scale=2)),
        Pair(HUBSPOT_NUMBERS, salesforce_numbers(2)),
        Pair(hubspot_text, salesforce_number(2)),
    ),
    World(
        "date",
        build("date", field(Family.DATE), field(Family.DATE)),
        Pair(HUBSPOT_DAYS, st.one_of(st.none(), DAYS)),
        Pair(as_it_is, as_it_is),
    ),
    World(
        "moment",
        build("moment", field(Family.MOMENT), field(Family.MOMENT)),
        Pair(HUBSPOT_MOMENTS, SALESFORCE_MOMENTS),
        Pair(hubspot_moment, salesforce_moment),
    ),
    World(
        "day_of_moment",
        build("day_of_moment", field(Family.MOMENT), field(Family.DATE)),
        Pair(HUBSPOT_MOMENTS, st.one_of(st.none(), DAYS)),
        Pair(hubspot_moment, as_it_is),
    ),
    World(
        "moment_of_day",
        build("day_of_moment", field(Family.DATE), field(Family.MOMENT)),
        Pair(HUBSPOT_DAYS, SALESFORCE_MOMENTS),
        Pair(as_it_is, salesforce_moment),
    ),
    World(
        "time",
        build("time", _TEXT, field(Family.TIME)),
        Pair(
            st.one_of(BLANKISH, TIMES.map(lambda t: t.isoformat("minutes")), TIMES.map(lambda t: t.isoformat())),
            st.one_of(st.none(), TIMES.map(lambda t: t.isoformat("milliseconds") + "Z")),
        ),
        _PLAIN_STORES,
    ),
    World(
        "flag",
        build("flag", field(Family.FLAG), field(Family.FLAG)),
        Pair(st.sampled_from([None, "", "true", "false", "TRUE", True, False]), st.booleans()),
        Pair(hubspot_text, lambda raw: bool(raw)),
    ),
    World(
        "choice",
        build("choice", *_CHOICE, values=VALUES, values_back=BACK),
        Pair(st.sampled_from([None, "", *COLOURS, "unknown"]), st.sampled_from([None, *FARBEN, "unknown"])),
        _PLAIN_STORES,
    ),
    World(
        "choices",
        build("choices", *_CHOICE, values=VALUES, values_back=BACK),
        Pair(several(COLOURS), several(FARBEN)),
        _PLAIN_STORES,
    ),
    World("owner", build("owner", field(Family.OWNER), field(Family.OWNER)), IDS, _PLAIN_STORES),
    World("reference", build("reference", field(Family.NUMBER), field(Family.REFERENCE)), IDS, _PLAIN_STORES),
    World(
        "record_type",
        build(
            "record_type",
            field(Family.CHOICE),
            field(Family.REFERENCE),
            values={"default": "012000000000001", "other": "012000000000002AAA"},
        ),
        Pair(
            st.sampled_from([None, "default", "other", "third"]),
            st.sampled_from([None, "012000000000001", "012000000000002", "012000000000003AAA"]),
        ),
        _PLAIN_STORES,
    ),
    World("id", build("id", _TEXT, field(Family.ID)), Pair(IDS.salesforce, IDS.salesforce), _PLAIN_STORES),
)
