"""HubSpot contacts to Salesforce leads, one way, with the vendors' own clients: what a competent engineer puts into cron.

Everything by list at first; afterwards what a search finds changed since the last run. Upserted in collections of 200 by the
HubSpot id in a key field. It tells nobody's edits apart, merges nothing, finds no partner and overwrites what Salesforce has.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from hubspot import HubSpot
from hubspot.crm.contacts import PublicObjectSearchRequest
from simple_salesforce import Salesforce

STATE = Path(os.environ["STATE"])
KEY = "Pasodoble_Key__c"
FIELDS = {
    "email": "Email",
    "firstname": "FirstName",
    "lastname": "LastName",
    "salutation": "Salutation",
    "phone": "Phone",
    "mobilephone": "MobilePhone",
    "fax": "Fax",
    "jobtitle": "Title",
    "company": "Company",
    "website": "Website",
    "address": "Street",
    "city": "City",
    "state": "State",
    "zip": "PostalCode",
    "country": "Country",
    **{f"extra{n}": f"extra{n}__c" for n in range(7)},
}
OVERLAP_MS = 10 * 60_000


def read_all(api) -> Iterator:
    after = None
    while True:
        page = api.crm.contacts.basic_api.get_page(limit=100, after=after, properties=[*FIELDS, "lastmodifieddate"])
        yield from page.results
        if page.paging is None:
            return
        after = page.paging.next.after


def read_changed(api, since_ms: int) -> Iterator:
    after = None
    while True:
        page = api.crm.contacts.search_api.do_search(
            PublicObjectSearchRequest(
                filter_groups=[
                    {"filters": [{"propertyName": "lastmodifieddate", "operator": "GT", "value": str(since_ms)}]}
                ],
                sorts=["lastmodifieddate"],
                properties=[*FIELDS, "lastmodifieddate"],
                limit=200,
                after=after,
            )
        )
        yield from page.results
        if page.paging is None:
            return
        after = page.paging.next.after


def main() -> None:
    api = HubSpot(access_token=os.environ["HUBSPOT_TOKEN"])
    api.config = {**getattr(api, "config", {}), "host": os.environ["HUBSPOT_URL"]}
    org = Salesforce(
        instance_url=os.environ["SALESFORCE_URL"], session_id=os.environ["SALESFORCE_TOKEN"], version="66.0"
    )
    org.base_url = f"{os.environ['SALESFORCE_URL']}/services/data/v66.0/"  # it knows https only
    latest_ms = int(STATE.read_text()) if STATE.exists() else 0
    found = list(read_changed(api, latest_ms) if latest_ms else read_all(api))
    rows = []
    for contact in found:
        row = {FIELDS[name]: contact.properties[name] for name in FIELDS if contact.properties.get(name) is not None}
        row[KEY] = f"copy:{contact.id}"
        row["attributes"] = {"type": "Lead"}
        rows.append(row)
        latest_ms = max(latest_ms, int(contact.updated_at.timestamp() * 1000))
    written = 0
    for start in range(0, len(rows), 200):
        body = {"allOrNone": False, "records": rows[start : start + 200]}
        answers = org.restful(f"composite/sobjects/Lead/{KEY}", method="PATCH", json=body)
        failed = [answer for answer in answers if not answer["success"]]
        if failed:
            raise SystemExit(f"{len(failed)} rows failed: {failed[0]}")
        written += len(answers)
    STATE.write_text(str(latest_ms))
    print(json.dumps({"written": written}))


if __name__ == "__main__":
    main()
