"""SOQL run over a small world: what comes back, what is refused, and that an index never changes an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.salesforce.ids import spell_id
from pasodoble.simulators.salesforce.moments import spell_second
from pasodoble.simulators.salesforce.org import Org
from pasodoble.simulators.salesforce.schema import make_field, remake
from pasodoble.simulators.salesforce.settings import Access
from pasodoble.simulators.salesforce.soql import SoqlError, parse_search, run_query, run_search, search_by_parameters
from pasodoble.simulators.salesforce.view import View

NOW_S = 1_780_000_000
"""2026-05-28T20:26:40Z."""


class World:
    """Two accounts, four contacts, a lead of a queue, two tasks, three opportunities."""

    def __init__(self) -> None:
        self.org = org = Org(SimClock(start_ms=NOW_S * 1000, frozen=True))
        contact = org.sobject("Contact")
        tags = make_field({"name": "Tags__c", "type": "multipicklist", "label": "Tags", "custom": True})
        org.define([remake(contact, fields=[*contact.fields.values(), tags])])
        self.user = org.integration_user_id
        self.put("User", Id=self.user, Name="Ines Int", Email="ines@x.example", IsActive=True)
        self.queue = self.put("Group", Name="Incoming", Type="Queue")
        self.acme = self.put("Account", Name="Acme", OwnerId=self.user, AnnualRevenue=1000.0, Industry="Energy")
        self.bolt = self.put("Account", Name="Bolt", OwnerId=self.user, BillingCity="Madrid")
        self.ana = self.person("Ana", "Núñez", "ANA@x.example", self.acme, Tags__c="Red;Blue", age=4)
        self.bo = self.person("Bo", "O'Neil", "bo@x.example", self.acme, Tags__c="Red", age=3)
        self.cy = self.person("Cy", "100%", None, None, age=2, Description="long")
        self.di = self.person("Di", "Gone", "di@x.example", self.bolt, age=1, IsDeleted=True)
        self.lead = self.put("Lead", LastName="Lee", Company="Lco", OwnerId=self.queue, Status="Open - Not Contacted")
        self.call = self.put("Task", Subject="Call", WhoId=self.lead, OwnerId=self.user, ActivityDate="2026-05-28")
        self.mail = self.put("Task", Subject="Mail", WhoId=self.ana, WhatId=self.acme, ActivityDate="2026-05-20")
        for name, amount, stage in (("A", 10.0, "Prospecting"), ("B", 20.0, "Closed Won"), ("C", None, "Prospecting")):
            self.put(
                "Opportunity", Name=name, Amount=amount, StageName=stage, AccountId=self.acme, CloseDate="2026-05-01"
            )

    def put(self, name: str, **values: Any) -> str:
        stamp = spell_second(NOW_S - 86_400 * values.pop("age", 0))
        row = {"Id": self.org.next_id(name), "CreatedDate": stamp, "SystemModstamp": stamp, "LastModifiedDate": stamp}
        row |= {key: value for key, value in values.items() if value is not None}
        self.org.table(name).put(row)
        return str(row["Id"])

    def person(self, first: str, last: str, email: str | None, account: str | None, **values: Any) -> str:
        return self.put(
            "Contact", FirstName=first, LastName=last, Name=f"{first} {last}", Email=email, AccountId=account,
            OwnerId=self.user, **values,
        )  # fmt: skip

    @property
    def view(self) -> View:
        return self.org.view(self.user)

    def records(self, statement: str, *, deleted: bool = False) -> list[dict[str, Any]]:
        return run_query(statement, self.view, deleted=deleted).records()

    def column(self, statement: str, *, deleted: bool = False) -> list[Any]:
        """The one value selected, row by row, through whatever nesting."""
        out = []
        for record in self.records(statement, deleted=deleted):
            value: Any = record
            while isinstance(value, dict):
                (value,) = (v for k, v in value.items() if k != "attributes")
            out.append(value)
        return out

    def refusal(self, statement: str) -> tuple[str, str]:
        with pytest.raises(SoqlError) as refused:
            run_query(statement, self.view).records()
        return refused.value.code, refused.value.message


@pytest.fixture
def world() -> World:
    return World()


def test_records_carry_attributes_and_parents_as_rest_has_them(world: World) -> None:
    statement = f"SELECT id, account.name, Account.Owner.Email FROM contact WHERE Id = '{world.ana[:15]}'"
    (record,) = run_query(statement, world.view, version="61.0").records()
    assert record == {
        "attributes": {"type": "Contact", "url": f"/services/data/v61.0/sobjects/Contact/{world.ana}"},
        "Id": world.ana,
        "Account": {
            "attributes": {"type": "Account", "url": f"/services/data/v61.0/sobjects/Account/{world.acme}"},
            "Name": "Acme",
            "Owner": {
                "attributes": {"type": "User", "url": f"/services/data/v61.0/sobjects/User/{world.user}"},
                "Email": "ines@x.example",
            },
        },
    }
    assert world.records(f"SELECT Account.Name FROM Contact WHERE Id = '{world.cy}'")[0]["Account"] is None


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("Email = 'ana@X.example'", ["Ana"]),
        ("Email != 'ana@x.example'", ["Bo", "Cy"]),
        ("Email <> null", ["Ana", "Bo"]),
        ("Email = ''", ["Cy"]),
        ("Email IN ('bo@x.example', null)", ["Bo", "Cy"]),
        ("Email NOT IN ('bo@x.example')", ["Ana", "Cy"]),
        ("LastName LIKE 'n%ez'", ["Ana"]),
        ("LastName LIKE 'N__ez'", ["Ana"]),
        ("LastName LIKE '100\\%'", ["Cy"]),
        ("LastName LIKE '%\\'%'", ["Bo"]),
        ("NOT (LastName LIKE 'N%')", ["Bo", "Cy"]),
        ("NOT LastName LIKE 'N%' AND FirstName > 'Bz'", ["Cy"]),
        ("Tags__c INCLUDES ('Red;Blue')", ["Ana"]),
        ("Tags__c INCLUDES ('Blue', 'Red')", ["Ana", "Bo"]),
        ("Tags__c EXCLUDES ('Blue')", ["Bo", "Cy"]),
        ("Tags__c = 'red;blue'", ["Ana"]),
        ("HasOptedOutOfEmail = false", ["Ana", "Bo", "Cy"]),
        ("CreatedDate = LAST_N_DAYS:3", ["Bo", "Cy"]),
        ("CreatedDate < LAST_N_DAYS:3", ["Ana"]),
        ("CreatedDate >= 2026-05-26T00:00:00+02:00", ["Cy"]),
        ("CreatedDate > 2026-05-24T20:26:40Z AND CreatedDate <= 2026-05-25T20:26:40.000Z", ["Bo"]),
        ("DAY_ONLY(CreatedDate) = 2026-05-25", ["Bo"]),
        ("CALENDAR_YEAR(CreatedDate) = 2026 AND HOUR_IN_DAY(CreatedDate) = 20", ["Ana", "Bo", "Cy"]),
        ("Account.Name = 'acme'", ["Ana", "Bo"]),
        ("Account.Name != 'acme'", ["Cy"]),
        ("Account.Owner.Email LIKE 'ines%'", ["Ana", "Bo"]),
        ("AccountId IN (SELECT Id FROM Account WHERE Name = 'Acme')", ["Ana", "Bo"]),
        ("Id IN (SELECT WhoId FROM Task)", ["Ana"]),
        ("Id NOT IN (SELECT WhoId FROM Task)", ["Bo", "Cy"]),
        ("Contact.FirstName = 'Bo'", ["Bo"]),
    ],
)
def test_conditions(world: World, condition: str, expected: list[str]) -> None:
    assert world.column(f"SELECT FirstName FROM Contact WHERE {condition} ORDER BY FirstName") == expected


def test_deleted_rows_take_part_only_when_asked_for(world: World) -> None:
    statement = "SELECT FirstName FROM Contact WHERE AccountId != null ORDER BY FirstName"
    assert world.column(statement) == ["Ana", "Bo"]
    assert world.column(statement, deleted=True) == ["Ana", "Bo", "Di"]
    assert world.column(f"{statement} ALL ROWS") == ["Ana", "Bo", "Di"]


def test_order_with_nulls_limit_and_offset(world: World) -> None:
    select = "SELECT Name FROM Opportunity ORDER BY"
    assert world.column(f"{select} Amount") == ["C", "A", "B"]
    assert world.column(f"{select} Amount NULLS LAST") == ["A", "B", "C"]
    assert world.column(f"{select} Amount DESC") == ["C", "B", "A"]
    assert world.column(f"{select} Amount DESC NULLS LAST") == ["B", "A", "C"]
    assert world.column(f"{select} StageName DESC, Name DESC LIMIT 2 OFFSET 1") == ["C", "A"]


def test_children_come_as_a_result_of_their_own_or_null(world: World) -> None:
    acme, bolt = world.records(
        "SELECT Name, (SELECT FirstName, (SELECT Subject FROM Tasks) FROM Contacts ORDER BY FirstName DESC LIMIT 1) "
        "FROM Account ORDER BY Name"
    )
    assert bolt["Contacts"] is None
    assert acme["Contacts"]["totalSize"] == 1 and acme["Contacts"]["done"] is True
    (bo,) = acme["Contacts"]["records"]
    assert (bo["attributes"]["type"], bo["FirstName"], bo["Tasks"]) == ("Contact", "Bo", None)


def test_a_reference_to_several_objects(world: World) -> None:
    call, mail = world.records("SELECT Who.Type, Who.Name, What.Name FROM Task ORDER BY Subject")
    assert call["Who"]["attributes"]["type"] == call["Who"]["Type"] == "Lead"
    assert (mail["Who"]["Name"], mail["What"]["Name"], call["What"]) == ("Ana Núñez", "Acme", None)
    assert world.column("SELECT Subject FROM Task WHERE Who.Type = 'Contact'") == ["Mail"]
    assert world.records("SELECT Owner.Type, Owner.Email FROM Lead WHERE Owner.Type = 'Queue'")[0]["Owner"] == {
        "attributes": {"type": "Group", "url": f"/services/data/v66.0/sobjects/Group/{world.queue}"},
        "Type": "Queue",
        "Email": None,
    }


def test_typeof_chooses_fields_by_the_object(world: World) -> None:
    select = "SELECT TYPEOF Who WHEN Lead THEN Company WHEN Contact THEN Account.Name, Email"
    call, mail = world.records(f"{select} END FROM Task ORDER BY Subject")
    assert {k: v for k, v in call["Who"].items() if k != "attributes"} == {"Company": "Lco"}
    assert mail["Who"]["Account"]["Name"] == "Acme"
    assert world.records("SELECT TYPEOF Who WHEN Lead THEN Id END FROM Task WHERE Subject = 'Mail'")[0]["Who"] is None
    (other,) = world.records("SELECT TYPEOF Who WHEN Lead THEN Id ELSE Name END FROM Task WHERE Subject = 'Mail'")
    assert other["Who"]["Name"] == "Ana Núñez"


def test_aggregates(world: World) -> None:
    answer = run_query("select count() from Contact", world.view)
    assert (answer.count, answer.records()) == (3, [])
    assert world.records("SELECT COUNT(Id), COUNT(Amount) n, SUM(Amount), AVG(Amount), MAX(Name) FROM Opportunity") == [
        {"attributes": {"type": "AggregateResult"}, "expr0": 3, "n": 2, "expr1": 30.0, "expr2": 15.0, "expr3": "C"}
    ]
    assert world.records("SELECT SUM(Amount) s, COUNT_DISTINCT(StageName) d FROM Opportunity WHERE Name = 'none'") == [
        {"attributes": {"type": "AggregateResult"}, "s": None, "d": 0}
    ]


def test_groups_having_order_and_subtotals(world: World) -> None:
    statement = "SELECT StageName, COUNT(Id) n FROM Opportunity GROUP BY StageName"
    assert world.records(f"{statement} HAVING COUNT(Id) > 1") == [
        {"attributes": {"type": "AggregateResult"}, "StageName": "Prospecting", "n": 2}
    ]
    assert [r["n"] for r in world.records(f"{statement} ORDER BY COUNT(Id) DESC")] == [2, 1]
    assert [r["n"] for r in world.records(f"{statement} ORDER BY n LIMIT 1")] == [1]
    rolled = world.records(
        "SELECT Account.Name, StageName, GROUPING(StageName) g, SUM(Amount) s FROM Opportunity "
        "GROUP BY ROLLUP(Account.Name, StageName)"
    )
    assert [(r["Name"], r["StageName"], r["g"], r["s"]) for r in rolled] == [
        ("Acme", "Prospecting", 0, 10.0), ("Acme", "Closed Won", 0, 20.0), ("Acme", None, 1, 30.0), (None, None, 1, 30.0),
    ]  # fmt: skip
    assert len(world.records("SELECT StageName, COUNT(Id) FROM Opportunity GROUP BY CUBE(StageName)")) == 3


def test_field_sets_and_functions_in_the_list(world: World) -> None:
    (record,) = world.records(f"SELECT FIELDS(ALL) FROM Contact WHERE Id = '{world.bo}' LIMIT 200")
    assert (record["Email"], record["Tags__c"]) == ("bo@x.example", "Red")
    assert "Tags__c" not in world.records("SELECT FIELDS(STANDARD) FROM Contact")[0]
    assert set(world.records("SELECT FIELDS(CUSTOM) FROM Contact LIMIT 1")[0]) == {"attributes", "Tags__c", *(
        f.name for f in world.view.fields(world.org.sobject("Contact")) if f.custom
    )}  # fmt: skip
    (shown,) = world.records(
        "SELECT FORMAT(Amount) a, toLabel(StageName), FORMAT(CloseDate) d FROM Opportunity WHERE Name = 'B'"
    )
    assert (shown["a"], shown["StageName"], shown["d"]) == ("USD 20.00", "Closed Won", "5/1/2026")


def test_a_wrapped_parent_field_stays_with_its_parent(world: World) -> None:
    (record,) = world.records(f"SELECT toLabel(Account.Industry), Account.Name FROM Contact WHERE Id = '{world.bo}'")
    assert (record["Account"]["Industry"], record["Account"]["Name"]) == ("Energy", "Acme")


def test_distances(world: World) -> None:
    spot = make_field({"name": "Spot__c", "type": "location", "label": "Spot", "custom": True})
    parts = [
        make_field(
            {
                "name": f"Spot__{axis}__s",
                "type": "double",
                "label": axis,
                "custom": True,
                "compoundFieldName": "Spot__c",
            }
        )
        for axis in ("Latitude", "Longitude")
    ]
    account = world.org.sobject("Account")
    world.org.define([remake(account, fields=[*account.fields.values(), spot, *parts])])
    world.put("Account", Name="Madrid", Spot__Latitude__s=40.4168, Spot__Longitude__s=-3.7038)
    near = "DISTANCE(Spot__c, GEOLOCATION(41.3874, 2.1686), 'km')"
    assert world.column(f"SELECT Name FROM Account WHERE {near} < 510") == ["Madrid"]
    assert world.column(f"SELECT Name FROM Account WHERE {near} < 500") == []
    (record,) = world.records(f"SELECT {near} d FROM Account WHERE Name = 'Madrid'")
    assert 500 < record["d"] < 510


def test_aliases_of_from(world: World) -> None:
    assert world.column(
        "SELECT c.FirstName FROM Contact c, c.Account a WHERE a.Name = 'Acme' ORDER BY c.FirstName"
    ) == ["Ana", "Bo"]
    assert world.column("SELECT Name FROM Account USING SCOPE mine ORDER BY Name") == ["Acme", "Bolt"]


COLUMN_HINT = (
    "If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. "
    "Please reference your WSDL or the describe call for the appropriate names."
)


def test_recorded_errors_word_for_word(world: World) -> None:
    assert world.refusal("SELECT Foo FROM Lead") == (
        "INVALID_FIELD",
        f"\nSELECT Foo FROM Lead\n       ^\nERROR at Row:1:Column:8\nNo such column 'Foo' on entity 'Lead'. {COLUMN_HINT}",
    )
    code, message = world.refusal("select count() from XYZZY")
    assert code == "INVALID_TYPE"
    assert message.startswith(
        "\nselect count() from XYZZY\n                    ^\nERROR at Row:1:Column:21\nsObject type 'XYZZY' is not supported. "
    )


@pytest.mark.parametrize(
    ("statement", "code", "reason"),
    [
        ("SELECT Foo.Name FROM Lead", "INVALID_FIELD", "Didn't understand relationship 'Foo' in field path."),
        ("SELECT Account.Foo FROM Contact", "INVALID_FIELD", "No such column 'Foo' on entity 'Account'."),
        ("SELECT Id, (SELECT Id FROM Foos) FROM Account", "INVALID_TYPE", "Didn't understand relationship 'Foos' in FROM part of query call."),
        ("SELECT Id FROM Contact WHERE Description = 'x'", "INVALID_FIELD", "field 'Description' can not be filtered in a query call"),
        ("SELECT Id FROM Contact ORDER BY Description", "MALFORMED_QUERY", "field 'Description' can not be sorted in a query call"),
        ("SELECT Id FROM Lead WHERE LastName = 5", "INVALID_FIELD", "value of filter criterion for field 'LastName' must be of type string and should be enclosed in quotes"),
        ("SELECT Id FROM Lead WHERE CreatedDate > '2026'", "INVALID_FIELD", "value of filter criterion for field 'CreatedDate' must be of type dateTime and should not be enclosed in quotes"),
        ("SELECT Id FROM Opportunity WHERE Amount = '5'", "INVALID_FIELD", "value of filter criterion for field 'Amount' must be of type double and should not be enclosed in quotes"),
        ("SELECT Id FROM Lead WHERE Id = 'abc'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: abc"),
        ("SELECT Id FROM Lead WHERE IsConverted > true", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator on boolean field"),
        ("SELECT Id FROM Lead WHERE CreatedDate LIKE '2%'", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator on datetime field"),
        ("SELECT Id, Id FROM Lead", "INVALID_FIELD", "duplicate field selected: Id"),
        ("SELECT Id, FIELDS(ALL) FROM Lead LIMIT 10", "INVALID_FIELD", "duplicate field selected: Id"),
        ("SELECT Name, COUNT(Id) FROM Lead", "MALFORMED_QUERY", "Field must be grouped or aggregated: Name"),
        ("SELECT Id FROM Lead OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000"),
        ("SELECT FIELDS(ALL) FROM Lead", "MALFORMED_QUERY", "The SOQL FIELDS function must have a LIMIT of at most 200"),
        ("SELECT Id FROM Account WHERE Name IN (SELECT Name FROM Contact)", "MALFORMED_QUERY", "should be an id field, cannot use: 'Name'"),
        ("SELECT Id FROM Account WHERE Id IN (SELECT OwnerId FROM Contact)", "MALFORMED_QUERY", "should point to the same object type"),
        ("SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact) OR Name = 'x'", "MALFORMED_QUERY", "not allowed with the 'OR' operator"),
        ("SELECT SUM(Name) FROM Account", "INVALID_FIELD", "field Name does not support aggregate operator SUM"),
        ("SELECT Name a FROM Account", "MALFORMED_QUERY", "only aggregate expressions use field aliasing"),
    ],
)  # fmt: skip
def test_refusals(world: World, statement: str, code: str, reason: str) -> None:
    refused_code, message = world.refusal(statement)
    assert refused_code == code
    assert reason in message


def test_what_the_user_may_not_see_does_not_exist(world: World) -> None:
    world.org.settings.permissions["Contact"] = Access(hidden=frozenset({"Email"}))
    world.org.settings.permissions["Lead"] = Access(read=False)
    world.org.settings.hidden_records.add(world.acme)
    world.org.changed()
    assert world.refusal("SELECT Email FROM Contact")[0] == "INVALID_FIELD"
    assert world.refusal("SELECT Id FROM Contact WHERE Email = 'x'")[0] == "INVALID_FIELD"
    assert world.refusal("SELECT Id FROM Lead")[0] == "INVALID_TYPE"
    assert world.column("SELECT Name FROM Account") == ["Bolt"]


def test_a_keyset_page_goes_on_where_the_last_one_ended(world: World) -> None:
    for number in range(25):
        world.person("P", f"N{number}", f"p{number}@x.example", None, age=-(number // 7))
    seen: list[str] = []
    condition = "SystemModstamp >= 2026-05-28T20:26:40Z"
    while True:
        page = world.records(
            f"SELECT Id, SystemModstamp FROM Contact WHERE {condition} ORDER BY SystemModstamp, Id LIMIT 4"
        )
        seen += [record["Id"] for record in page]
        if len(page) < 4:
            break
        stamp = page[-1]["SystemModstamp"].replace("+0000", "Z")
        condition = f"SystemModstamp > {stamp} OR (SystemModstamp = {stamp} AND Id > '{seen[-1]}')"
    assert seen == world.column(
        "SELECT Id FROM Contact WHERE LastName LIKE 'N%' AND FirstName = 'P' ORDER BY SystemModstamp, Id"
    )
    assert len(seen) == 25


@pytest.mark.parametrize("direction", ["", "DESC"])
def test_a_walk_over_two_stretches_of_an_index_keeps_the_order(world: World, direction: str) -> None:
    for number in range(40):
        world.person("P", f"N{number:02d}", None, None, age=number)
    ends = "SystemModstamp > 2026-05-25T00:00:00Z OR SystemModstamp < 2026-04-25T00:00:00Z"
    query = f"SELECT LastName FROM Contact WHERE FirstName = 'P' AND ({ends}) ORDER BY SystemModstamp {direction}"
    everything = world.column(query)
    assert everything == sorted(everything, reverse=not direction)
    assert world.column(f"{query} LIMIT 6") == everything[:6]


# The law: an index narrows, it never changes the answer.

MOMENTS = [spell_second(NOW_S + n) for n in range(4)]
EMAILS = ["a@x.example", "B@x.example", "c@x.example", None]
rows = st.tuples(st.sampled_from(EMAILS), st.sampled_from(MOMENTS), st.integers(0, 2), st.booleans())


def spell_moment(text: str) -> str:
    return text.replace("+0000", "Z")


Test = tuple[str, Callable[[dict[str, Any]], bool]]


def email_tests() -> st.SearchStrategy[Test]:
    values = st.sampled_from([e for e in EMAILS if e])
    return st.one_of(
        values.map(lambda v: (f"Email = '{v.upper()}'", lambda r: (r.get("Email") or "").lower() == v.lower())),
        values.map(lambda v: (f"Email != '{v}'", lambda r: (r.get("Email") or "").lower() != v.lower())),
        values.map(
            lambda v: (f"Email > '{v}'", lambda r: r.get("Email") is not None and r["Email"].lower() > v.lower())
        ),
        st.just(("Email = null", lambda r: r.get("Email") is None)),
        st.lists(values, min_size=1, max_size=2).map(
            lambda vs: (
                f"Email IN ({', '.join(map(repr, vs))})",
                lambda r: (r.get("Email") or "").lower() in {v.lower() for v in vs},
            )
        ),
    )


def moment_tests() -> st.SearchStrategy[Test]:
    orders: dict[str, Callable[[str, str], bool]] = {
        "=": lambda a, b: a == b,
        "!=": lambda a, b: a != b,
        "<": lambda a, b: a < b,
        ">=": lambda a, b: a >= b,
        ">": lambda a, b: a > b,
    }
    return st.tuples(st.sampled_from(sorted(orders)), st.sampled_from(MOMENTS)).map(
        lambda t: (f"SystemModstamp {t[0]} {spell_moment(t[1])}", lambda r: orders[t[0]](r["SystemModstamp"], t[1]))
    )


def id_tests() -> st.SearchStrategy[Test]:
    return st.integers(0, 31).map(lambda n: (f"Id > '{spell_id('003', n)}'", lambda r: r["Id"] > spell_id("003", n)))


def keyset_pages() -> st.SearchStrategy[Test]:
    """What a poller asks for its next page."""
    return st.tuples(st.sampled_from(MOMENTS), st.integers(0, 31).map(lambda n: spell_id("003", n))).map(
        lambda place: (
            f"SystemModstamp > {spell_moment(place[0])} OR (SystemModstamp = {spell_moment(place[0])} AND Id > '{place[1]}')",
            lambda r: (r["SystemModstamp"], r["Id"]) > place,
        )
    )


def joined(word: str, combine: Callable[[list[bool]], bool], parts: list[Test]) -> Test:
    return f" {word} ".join(f"({p[0]})" for p in parts), lambda r: combine([p[1](r) for p in parts])


conditions = st.recursive(
    st.one_of(email_tests(), moment_tests(), id_tests(), keyset_pages()),
    lambda part: st.one_of(
        part.map(lambda p: (f"NOT ({p[0]})", lambda r: not p[1](r))),
        st.lists(part, min_size=2, max_size=3).map(lambda parts: joined("AND", all, parts)),
        st.lists(part, min_size=2, max_size=3).map(lambda parts: joined("OR", any, parts)),
    ),
    max_leaves=5,
)


def flip(text: str) -> tuple[int, ...]:
    """Sorts the other way round, for texts of one length."""
    return tuple(-ord(character) for character in text)


orders = st.sampled_from(
    [
        ("SystemModstamp, Id", lambda r: (r["SystemModstamp"], r["Id"])),
        ("Email, Id", lambda r: ("Email" in r, (r.get("Email") or "").lower(), r["Id"])),
        ("Id", lambda r: r["Id"]),
        ("SystemModstamp DESC, Id", lambda r: (flip(r["SystemModstamp"]), r["Id"])),
        ("Id DESC", lambda r: flip(r["Id"])),
        ("SystemModstamp, Email NULLS LAST, Id", lambda r: (r["SystemModstamp"], "Email" not in r, (r.get("Email") or "").lower(), r["Id"])),
    ]
)  # fmt: skip


@settings(max_examples=300)
@given(
    st.lists(rows, min_size=10, max_size=30),
    st.lists(st.tuples(st.integers(0, 29), st.sampled_from(MOMENTS)), max_size=10),
    conditions,
    orders,
    st.integers(0, 3),
    st.integers(0, 1),
    st.booleans(),
)
def test_an_index_never_changes_an_answer(
    people: list[Any], edits: list[Any], condition: Test, order: Any, limit: int, offset: int, deleted: bool
) -> None:
    org = Org(SimClock(start_ms=NOW_S * 1000, frozen=True))
    table, view = org.table("Contact"), org.view("005000000000000AAA")
    for email, moment, number, gone in people:
        row = {"Id": org.next_id("Contact"), "SystemModstamp": moment, "LastName": f"N{number}"}
        table.put(row | ({"Email": email} if email else {}) | ({"IsDeleted": True} if gone else {}))
    run_query("SELECT Id FROM Contact WHERE Email = 'x' OR SystemModstamp > 2026-01-01T00:00:00Z", view)
    ids = list(table.rows)
    for at, moment in edits:
        if at < len(ids):
            table.put({**table.rows[ids[at]], "SystemModstamp": moment})
    text, accept = condition
    expected = sorted(
        (r for r in table.rows.values() if accept(r) and (deleted or not r.get("IsDeleted"))), key=order[1]
    )
    where = f"SELECT Id FROM Contact WHERE {text} ORDER BY {order[0]}"
    found = [r["Id"] for r in run_query(where, view, deleted=deleted).rows]
    assert found == [r["Id"] for r in expected]
    page = [r["Id"] for r in run_query(f"{where} LIMIT {limit} OFFSET {offset}", view, deleted=deleted).rows]
    assert page == found[offset : offset + limit]
    assert run_query(f"SELECT COUNT() FROM Contact WHERE {text}", view, deleted=deleted).count == len(found)


@pytest.mark.parametrize("where", ["(" * 3000 + "Name = 'x'" + ")" * 3000, "NOT " * 5000 + "Name = 'x'"])
def test_a_bottomless_condition_is_too_complicated(world: World, where: str) -> None:
    assert world.refusal(f"SELECT Id FROM Lead WHERE {where}")[0] == "QUERY_TOO_COMPLICATED"


# SOSL


def found(world: World, text: str) -> list[str]:
    return [r.get("FirstName") or r.get("Name") or r["Id"] for r in run_search(parse_search(text), world.view)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FIND {acme} RETURNING Account(Name)", ["Acme"]),
        ("FIND {x.example} IN EMAIL FIELDS RETURNING Contact(FirstName ORDER BY FirstName)", ["Ana", "Bo"]),
        ("FIND {ana@x.example} IN ALL FIELDS RETURNING Contact(FirstName), Account(Name)", ["Ana"]),
        ("FIND {ana@x.example} IN NAME FIELDS RETURNING Contact(FirstName)", []),
        ("find {Ac*} in name fields returning Account(Name), Contact(FirstName) limit 1", ["Acme"]),
        ('FIND {"Bo O\\\'Neil" OR Núñez} RETURNING Contact(FirstName ORDER BY FirstName DESC)', ["Bo", "Ana"]),
        ("FIND {example AND NOT ana} RETURNING Contact(FirstName)", ["Bo"]),
        (
            "FIND {N??ez} RETURNING Contact(FirstName WHERE Email != null LIMIT 1) WITH SNIPPET (target_length=120)",
            ["Ana"],
        ),
        ("FIND {madri} RETURNING Account(Name)", []),
    ],
)
def test_searches(world: World, text: str, expected: list[str]) -> None:
    assert found(world, text) == expected


def test_a_search_by_parameters(world: World) -> None:
    asked = {
        "q": "acme",
        "sobjects": [{"name": "Account", "fields": ["Id", "Name"], "where": "Name != null", "limit": 5}],
    }
    (record,) = run_search(search_by_parameters(asked), world.view, version="60.0")
    assert record == {
        "attributes": {"type": "Account", "url": f"/services/data/v60.0/sobjects/Account/{world.acme}"},
        "Id": world.acme,
        "Name": "Acme",
    }


@pytest.mark.parametrize(
    "text", ["FIND {a*} RETURNING Account", "SELECT Id", "FIND {acme} RETURNING", "FIND {ac AND} IN ALL FIELDS"]
)
def test_a_malformed_search_says_so(world: World, text: str) -> None:
    with pytest.raises(SoqlError) as refused:
        run_search(parse_search(text), world.view)
    assert refused.value.code == "MALFORMED_SEARCH"
