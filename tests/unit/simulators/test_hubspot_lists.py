"""Lists: members told or found, order of joining, filters of every kind, folders, conversion."""

from typing import Any

import pytest
from hubspot_hub import START, START_MS, Hub

LISTS = "/crm/v3/lists"
DAY_MS = 86_400_000


def prop(name: str, operation_type: str, operator: str, **members: Any) -> dict[str, Any]:
    operation = {
        "operationType": operation_type,
        "operator": operator,
        "includeObjectsWithNoValueSet": False,
        **members,
    }
    return {"filterType": "PROPERTY", "property": name, "operation": operation}


def tree(*filters: dict[str, Any], branches: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """OR over one AND, as HubSpot wants it."""
    inner = {
        "filterBranchType": "AND",
        "filterBranchOperator": "AND",
        "filterBranches": list(branches),
        "filters": list(filters),
    }
    return {"filterBranchType": "OR", "filterBranchOperator": "OR", "filterBranches": [inner], "filters": []}


def make(hub: Hub, name: str = "L", processing: str = "MANUAL", **more: Any) -> str:
    answer = hub.post(LISTS, {"name": name, "objectTypeId": "0-1", "processingType": processing, **more})
    assert answer.status == 200, answer.body
    return answer["list"]["listId"]


def members(hub: Hub, id: str) -> list[str]:
    return [row["recordId"] for row in hub.get(f"{LISTS}/{id}/memberships")["results"]]


@pytest.fixture
def people(hub: Hub) -> Hub:
    for number in range(5):
        hub.contact(email=f"n{number}@b.test", firstname=f"Name{number}")
        hub.clock.advance(1)
    return hub


def test_manual_list_is_told_its_members(people: Hub) -> None:
    id = make(people)
    answer = people.put(f"{LISTS}/{id}/memberships/add", ["103", "101", "999"])
    assert answer.body == {"recordsIdsAdded": ["103", "101"], "recordIdsRemoved": [], "recordIdsMissing": ["999"]}
    assert members(people, id) == ["101", "103"]
    changed = people.put(
        f"{LISTS}/{id}/memberships/add-and-remove", {"recordIdsToAdd": ["102"], "recordIdsToRemove": ["101"]}
    )
    assert changed["recordIdsRemoved"] == ["101"]
    assert people.put(f"{LISTS}/{id}/memberships/remove", ["103"])["recordIdsRemoved"] == ["103"]
    assert members(people, id) == ["102"]
    assert people.delete(f"{LISTS}/{id}/memberships").status == 204
    assert people.get(f"{LISTS}/{id}")["list"]["size"] == 0


def test_members_come_by_time_of_joining_too(people: Hub) -> None:
    id = make(people)
    for contact in ("104", "101", "103"):
        people.put(f"{LISTS}/{id}/memberships/add", [contact])
        people.clock.advance(60)
    people.put(f"{LISTS}/{id}/memberships/remove", ["101"])
    people.put(f"{LISTS}/{id}/memberships/add", ["101"])
    first = people.get(f"{LISTS}/{id}/memberships/join-order?limit=2")
    assert [row["recordId"] for row in first["results"]] == ["104", "103"]
    rest = people.get(f"{LISTS}/{id}/memberships/join-order?limit=2&after={first['paging']['next']['after']}")
    assert rest["results"] == [{"recordId": "101", "membershipTimestamp": "2026-05-04T10:03:05.000Z"}]
    assert "next" not in rest["paging"]
    back = people.get(f"{LISTS}/{id}/memberships/join-order?before={rest['paging']['prev']['before']}")
    assert [row["recordId"] for row in back["results"]] == ["104", "103"]


def test_pages_of_members_go_by_id(people: Hub) -> None:
    id = make(people)
    people.put(f"{LISTS}/{id}/memberships/add", ["101", "102", "103"])
    first = people.get(f"{LISTS}/{id}/memberships?limit=2")
    assert first["total"] == 3
    rest = people.get(f"{LISTS}/{id}/memberships?limit=2&after={first['paging']['next']['after']}")
    assert [row["recordId"] for row in rest["results"]] == ["103"]
    assert people.get(f"{LISTS}/{id}/memberships?limit=251").status == 400


def test_members_come_from_another_list(people: Hub) -> None:
    source, target = make(people, "A"), make(people, "B")
    people.put(f"{LISTS}/{source}/memberships/add", ["101", "102"])
    assert people.put(f"{LISTS}/{target}/memberships/add-from/{source}").status == 204
    assert members(people, target) == ["101", "102"]


def test_one_records_lists_are_told(people: Hub) -> None:
    id = make(people)
    people.put(f"{LISTS}/{id}/memberships/add", ["101"])
    rows = people.get(f"{LISTS}/records/0-1/101/memberships")["results"]
    assert rows[0]["listId"] == id
    body = {"inputs": [{"objectTypeId": "0-1", "recordId": "101"}]}
    batch = people.post("/crm/lists/2026-03/records/memberships/batch/read", body)
    assert batch["results"][0]["recordListMemberships"] == rows


def test_dynamic_list_finds_its_members_and_keeps_up(people: Hub) -> None:
    people.patch("/crm/v3/objects/contacts/101", {"properties": {"lifecyclestage": "customer"}})
    customers = tree(prop("lifecyclestage", "ENUMERATION", "IS_ANY_OF", values=["customer"]))
    id = make(people, processing="DYNAMIC", filterBranch=customers)
    assert members(people, id) == ["101"]
    people.clock.advance(60)
    people.patch("/crm/v3/objects/contacts/102", {"properties": {"lifecyclestage": "customer"}})
    new = people.contact(email="new@b.test", lifecyclestage="customer")
    people.act("edit", contact="101", properties={"lifecyclestage": "lead"})
    joined = people.get(f"{LISTS}/{id}/memberships/join-order")["results"]
    assert [row["recordId"] for row in joined] == ["102", new]
    assert joined[0]["membershipTimestamp"] == "2026-05-04T10:01:05.000Z"
    told = [(c.record_id, c.detail.joined) for c in people.portal.changes.journal if c.kind == "listMembership"]
    assert told == [(101, True), (102, True), (int(new), True), (101, False)]
    assert people.put(f"{LISTS}/{id}/memberships/add", ["103"]).status == 400


def test_deleted_record_leaves_its_lists_and_comes_back_into_dynamic_ones(people: Hub) -> None:
    everyone = tree(prop("email", "ALL_PROPERTY", "IS_KNOWN"))
    manual, dynamic = make(people, "M"), make(people, "D", "DYNAMIC", filterBranch=everyone)
    people.put(f"{LISTS}/{manual}/memberships/add", ["101"])
    people.delete("/crm/v3/objects/contacts/101")
    assert members(people, manual) == []
    assert "101" not in members(people, dynamic)
    people.act("restore", contact="101")
    assert "101" in members(people, dynamic)


def test_result_of_a_merge_takes_the_places_of_both(people: Hub) -> None:
    named = tree(prop("firstname", "STRING", "IS_EQUAL_TO", value="Name0"))
    manual, dynamic = make(people, "M"), make(people, "D", "DYNAMIC", filterBranch=named)
    people.put(f"{LISTS}/{manual}/memberships/add", ["102"])
    answer = people.post("/crm/v3/objects/contacts/merge", {"primaryObjectId": "101", "objectIdToMerge": "102"})
    assert members(people, manual) == members(people, dynamic) == [answer["id"]]


def test_snapshot_is_filled_once(people: Hub) -> None:
    id = make(people, processing="SNAPSHOT", filterBranch=tree(prop("firstname", "STRING", "ENDS_WITH", value="1")))
    people.contact(email="new@b.test", firstname="Name1")
    assert members(people, id) == ["102"]
    assert people.put(f"{LISTS}/{id}/memberships/add", ["101"]).status == 200


OPERATIONS = [
    (prop("firstname", "STRING", "IS_EQUAL_TO", value="name1"), "102"),
    (prop("firstname", "STRING", "IS_NOT_EQUAL_TO", value="Name1"), "101 103"),
    (prop("firstname", "MULTISTRING", "CONTAINS", values=["e1", "e2"]), "102 103"),
    (prop("firstname", "MULTISTRING", "DOES_NOT_CONTAIN", values=["e1", "e2"]), "101"),
    (prop("firstname", "STRING", "STARTS_WITH", value="name"), "101 102 103"),
    (prop("annualrevenue", "NUMBER", "IS_GREATER_THAN", value=100), "102"),
    (prop("annualrevenue", "NUMBER", "IS_LESS_THAN_OR_EQUAL_TO", value=100), "101"),
    (prop("annualrevenue", "NUMBER_RANGED", "IS_BETWEEN", lowerBound=50, upperBound=150), "101"),
    (prop("annualrevenue", "NUMBER_RANGED", "IS_NOT_BETWEEN", lowerBound=50, upperBound=150), "102"),
    (prop("annualrevenue", "ALL_PROPERTY", "IS_UNKNOWN"), "103"),
    (prop("lifecyclestage", "ENUMERATION", "IS_ANY_OF", values=["lead"]), "101"),
    (prop("lifecyclestage", "ENUMERATION", "IS_NONE_OF", values=["lead"]), "102"),
    (prop("lifecyclestage", "ENUMERATION", "HAS_EVER_BEEN_ANY_OF", values=["lead"]), "101 102"),
    (prop("lifecyclestage", "ENUMERATION", "HAS_NEVER_BEEN_ANY_OF", values=["lead"]), "103"),
    (
        {
            **prop("lifecyclestage", "ENUMERATION", "IS_NONE_OF", values=["lead"]),
            "operation": {
                "operationType": "ENUMERATION",
                "operator": "IS_NONE_OF",
                "values": ["lead"],
                "includeObjectsWithNoValueSet": True,
            },
        },
        "102 103",
    ),
    (prop("createdate", "DATETIME", "IS_AFTER", timestamp=START_MS), "102 103"),
    (prop("createdate", "DATE", "IS_EQUAL_TO", year=2026, month="MAY", day=4), "101 102 103"),
    (prop("createdate", "RANGED_DATE", "IS_BETWEEN", lowerBound=START_MS, upperBound=START_MS + 1000), "101 102"),
    (prop("createdate", "ROLLING_DATE_RANGE", "IS_LESS_THAN_X_DAYS_AGO", numberOfDays=1), "101 102 103"),
    (prop("createdate", "CALENDAR_DATE", "IN_THIS_TIME_UNIT", timeUnit="MONTH"), "101 102 103"),
    (prop("createdate", "CALENDAR_DATE", "IN_LAST_TIME_UNIT", timeUnit="YEAR", timeUnitCount=1), ""),
    (prop("firstname", "ROLLING_PROPERTY_UPDATED", "UPDATED_IN_LAST_X_DAYS", numberOfDays=1), "101 102 103"),
    (
        prop(
            "createdate",
            "TIME_POINT",
            "IS_BEFORE",
            type="TIME_POINT",
            timePoint={
                "timeType": "DATE",
                "zoneId": "UTC",
                "year": 2026,
                "month": 5,
                "day": 4,
                "hour": 10,
                "second": 1,
            },
        ),
        "101",
    ),
    (
        prop(
            "createdate",
            "TIME_RANGED",
            "IS_BETWEEN",
            type="TIME_RANGED",
            lowerBoundTimePoint={"timeType": "INDEXED", "zoneId": "UTC", "indexReference": {"referenceType": "TODAY"}},
            upperBoundTimePoint={"timeType": "INDEXED", "zoneId": "UTC", "indexReference": {"referenceType": "NOW"}},
        ),
        "101 102 103",
    ),
    (prop("createdate", "COMPARATIVE_DATE", "IS_BEFORE", comparisonPropertyName="lastmodifieddate"), "101 102"),
]


@pytest.fixture
def three(hub: Hub) -> Hub:
    hub.contact(email="a@b.test", firstname="Name0", annualrevenue="100", lifecyclestage="lead")
    hub.clock.advance(1)
    hub.contact(email="b@b.test", firstname="Name1", annualrevenue="250", lifecyclestage="lead")
    hub.clock.advance(1)
    hub.contact(email="c@b.test", firstname="Name2")
    hub.patch("/crm/v3/objects/contacts/101", {"properties": {"phone": "1"}})
    hub.patch("/crm/v3/objects/contacts/102", {"properties": {"lifecyclestage": "customer"}})
    return hub


@pytest.mark.parametrize(("condition", "ids"), OPERATIONS, ids=lambda part: str(part)[:90])
def test_operation_selects_what_it_says(three: Hub, condition: dict[str, Any], ids: str) -> None:
    assert members(three, make(three, processing="DYNAMIC", filterBranch=tree(condition))) == ids.split()


@pytest.mark.parametrize(
    ("branch_type", "ids"), [("AND", "102"), ("OR", "101 102"), ("NOT_ALL", "101 103"), ("NOT_ANY", "103")]
)
def test_branches_combine_their_filters(three: Hub, branch_type: str, ids: str) -> None:
    filters = [
        prop("annualrevenue", "ALL_PROPERTY", "IS_KNOWN"),
        prop("lifecyclestage", "ENUMERATION", "IS_ANY_OF", values=["customer"]),
    ]
    inner = {
        "filterBranchType": branch_type,
        "filterBranchOperator": branch_type,
        "filterBranches": [],
        "filters": filters,
    }
    assert members(three, make(three, processing="DYNAMIC", filterBranch=tree(branches=(inner,)))) == ids.split()


def test_association_branch_follows_the_linked_company(three: Hub) -> None:
    company = three.company(name="Acme", city="Madrid")
    three.put(f"/crm/v4/objects/contacts/102/associations/default/companies/{company}")
    branch = {
        "filterBranchType": "ASSOCIATION",
        "filterBranchOperator": "AND",
        "objectTypeId": "0-2",
        "operator": "IN_LIST",
        "associationTypeId": 279,
        "associationCategory": "HUBSPOT_DEFINED",
        "filterBranches": [],
        "filters": [prop("city", "STRING", "IS_EQUAL_TO", value="madrid")],
    }
    id = make(three, processing="DYNAMIC", filterBranch=tree(branches=(branch,)))
    assert members(three, id) == ["102"]
    three.patch(f"/crm/v3/objects/companies/{company}", {"properties": {"city": "Sevilla"}})
    assert members(three, id) == []
    three.patch(f"/crm/v3/objects/companies/{company}", {"properties": {"city": "Madrid"}})
    three.delete(f"/crm/v4/objects/contacts/102/associations/companies/{company}")
    assert members(three, id) == []


def test_lists_build_on_lists_forms_and_emails(three: Hub) -> None:
    manual = make(three, "M")
    in_list = {"filterType": "IN_LIST", "listId": manual, "operator": "IN_LIST"}
    nested = make(three, "N", "DYNAMIC", filterBranch=tree(in_list))
    three.put(f"{LISTS}/{manual}/memberships/add", ["101"])
    assert members(three, nested) == ["101"]
    three.put(f"{LISTS}/{manual}/memberships/remove", ["101"])
    assert members(three, nested) == []
    form = three.act("form_submitted", contact="102")["form"]
    filled = {"filterType": "FORM_SUBMISSION", "formId": form, "operator": "FILLED_OUT"}
    assert members(three, make(three, "F", "DYNAMIC", filterBranch=tree(filled))) == ["102"]
    email = three.act("marketing_email_opened", contact="103")["email"]
    opened = {
        "filterType": "EMAIL_EVENT",
        "emailId": email,
        "appId": "1",
        "level": "x",
        "operator": "OPENED_BUT_LINK_NOT_CLICKED",
    }
    readers = make(three, "E", "DYNAMIC", filterBranch=tree(opened))
    assert members(three, readers) == ["103"]
    three.act("marketing_email_clicked", contact="103")
    assert members(three, readers) == []


@pytest.mark.parametrize(
    "condition",
    [
        prop("nonsense", "STRING", "IS_EQUAL_TO", value="x"),
        prop("firstname", "WOMBAT", "IS_EQUAL_TO", value="x"),
        prop("firstname", "STRING", "RESEMBLES", value="x"),
        {"filterType": "WOMBAT"},
    ],
    ids=str,
)
def test_filters_that_make_no_sense_are_refused(three: Hub, condition: dict[str, Any]) -> None:
    body = {"name": "X", "objectTypeId": "0-1", "processingType": "DYNAMIC", "filterBranch": tree(condition)}
    assert three.post(LISTS, body).status == 400
    assert three.get(LISTS)["lists"] == []


def test_time_alone_moves_members_out(three: Hub) -> None:
    recent = tree(prop("createdate", "ROLLING_DATE_RANGE", "IS_LESS_THAN_X_DAYS_AGO", numberOfDays=1))
    id = make(three, processing="DYNAMIC", filterBranch=recent)
    assert len(members(three, id)) == 3
    three.clock.advance(DAY_MS / 1000)
    assert members(three, id) == []


def test_lists_are_found_renamed_refiltered_deleted_and_restored(three: Hub) -> None:
    id = make(three, "Customers", "DYNAMIC", filterBranch=tree(prop("email", "ALL_PROPERTY", "IS_KNOWN")))
    assert three.get(f"{LISTS}/object-type-id/0-1/name/Customers")["list"]["listId"] == id
    found = three.post(f"{LISTS}/search", {"query": "cust", "additionalProperties": ["hs_last_record_added_at"]})
    assert found["lists"][0]["additionalProperties"]["hs_list_size"] == "3"
    assert found["total"] == 1
    assert found["hasMore"] is False
    renamed = three.put(f"{LISTS}/{id}/update-list-name?listName=Clients&includeFilters=true")
    assert renamed["updatedList"]["name"] == "Clients"
    assert renamed["updatedList"]["listVersion"] == 2
    body = {"filterBranch": tree(prop("phone", "ALL_PROPERTY", "IS_KNOWN"))}
    assert three.put(f"{LISTS}/{id}/update-list-filters", body).status == 200
    assert members(three, id) == ["101"]
    assert three.delete(f"{LISTS}/{id}").status == 204
    assert three.get(f"{LISTS}/{id}").status == 404
    assert three.put(f"{LISTS}/{id}/restore").status == 204
    assert "filterBranch" in three.get(f"{LISTS}/{id}?includeFilters=true")["list"]
    assert "filterBranch" not in three.get(f"{LISTS}/{id}")["list"]
    history = three.get(f"/crm/lists/2026-03/{id}/size-and-edits-history/between?startDate={START}&endDate=2027-01-01")
    assert [point["size"] for point in history["sizeHistory"]] == [3, 1]


def test_names_are_unique_among_lists_of_a_type(hub: Hub) -> None:
    make(hub, "A")
    assert hub.post(LISTS, {"name": "A", "objectTypeId": "0-1", "processingType": "MANUAL"}).status == 400
    assert hub.post(LISTS, {"name": "A", "objectTypeId": "0-2", "processingType": "MANUAL"}).status == 200
    assert hub.post(LISTS, {"name": "B", "objectTypeId": "0-1", "processingType": "DYNAMIC"}).status == 400
    assert hub.post(LISTS, {"name": "B", "objectTypeId": "0-1", "processingType": "WOMBAT"}).status == 400


def test_folders_hold_lists_and_folders(hub: Hub) -> None:
    folders = f"{LISTS}/folders"
    outer = hub.post(folders, {"name": "Outer"})["folder"]["id"]
    inner = hub.post(folders, {"name": "Inner", "parentFolderId": str(outer)})["folder"]["id"]
    id = make(hub)
    assert hub.put(f"{folders}/move-list", {"listId": id, "newFolderId": str(inner)}).status == 204
    shown = hub.get(f"{folders}?folderId={outer}")["folder"]
    assert shown["childNodes"][0]["childLists"] == [int(id)]
    assert hub.put(f"{folders}/{outer}/move/{inner}").status == 400
    assert hub.put(f"{folders}/{inner}/rename?newFolderName=Deep")["folder"]["name"] == "Deep"
    assert hub.put(f"{folders}/{inner}/move/0")["folder"]["parentFolderId"] == 0
    assert hub.delete(f"{folders}/{inner}").status == 400
    assert hub.delete(f"{folders}/{outer}").status == 204
    assert hub.get(f"{folders}?folderId={outer}").status == 404


def test_dynamic_list_turns_static_on_its_day(three: Hub) -> None:
    path = "/crm/lists/2026-03"
    id = make(three, processing="DYNAMIC", filterBranch=tree(prop("email", "ALL_PROPERTY", "IS_KNOWN")))
    assert three.get(f"{path}/{id}/schedule-conversion").status == 404
    day = {"conversionType": "CONVERSION_DATE", "year": 2026, "month": 5, "day": 6}
    assert three.put(f"{path}/{id}/schedule-conversion", day)["requestedConversionTime"] == day
    assert three.delete(f"{path}/{id}/schedule-conversion").status == 204
    three.put(f"{path}/{id}/schedule-conversion", day)
    three.clock.advance(2 * DAY_MS / 1000)
    assert three.get(f"{path}/{id}")["list"]["processingType"] == "MANUAL"
    three.contact(email="late@b.test")
    assert len(members(three, id)) == 3


def test_inactive_list_turns_static(three: Hub) -> None:
    path = "/crm/lists/2026-03"
    id = make(three, processing="DYNAMIC", filterBranch=tree(prop("email", "ALL_PROPERTY", "IS_KNOWN")))
    three.put(f"{path}/{id}/schedule-conversion", {"conversionType": "INACTIVITY", "offset": 2, "timeUnit": "DAY"})
    three.clock.advance(DAY_MS / 1000)
    three.contact(email="late@b.test")
    three.clock.advance(1.5 * DAY_MS / 1000)
    assert three.get(f"{path}/{id}")["list"]["processingType"] == "DYNAMIC"
    three.clock.advance(DAY_MS / 1000)
    assert three.get(f"{path}/{id}")["list"]["processingType"] == "MANUAL"


def test_old_list_ids_are_the_same_here(hub: Hub) -> None:
    id = make(hub)
    assert hub.get(f"{LISTS}/idmapping?legacyListId={id}").body == {"listId": id, "legacyListId": id}
    answer = hub.post(f"{LISTS}/idmapping", [id, "99"])
    assert answer["missingLegacyListIds"] == ["99"]
