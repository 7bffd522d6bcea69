"""Both sides' people, read into files by `dlt`'s REST source: what a data engineer does before any syncing."""

from __future__ import annotations

import json
import os

import dlt
from dlt.sources.rest_api import rest_api_source

FIELDS = (
    "Id,Email,FirstName,LastName,Salutation,Phone,MobilePhone,Fax,Title,Company,Website,Industry,AnnualRevenue,"
    "NumberOfEmployees,Street,City,State,PostalCode,Country,LeadSource,Status,OwnerId,"
    + ",".join(f"extra{n}__c" for n in range(7))
)
PROPERTIES = (
    "email,firstname,lastname,salutation,phone,mobilephone,fax,jobtitle,company,website,industry,annualrevenue,numemployees,"
    "address,city,state,zip,country,leadsource,hs_lead_status,hubspot_owner_id,"
    + ",".join(f"extra{n}" for n in range(7))
)


def bearer(token: str) -> dict[str, str]:
    return {"type": "bearer", "token": token}


def main() -> None:
    hubspot = rest_api_source(
        {
            "client": {
                "base_url": os.environ["HUBSPOT_URL"],
                "auth": bearer(os.environ["HUBSPOT_TOKEN"]),
                "paginator": {"type": "cursor", "cursor_path": "paging.next.after", "cursor_param": "after"},
            },
            "resources": [
                {
                    "name": "contacts",
                    "endpoint": {
                        "path": "crm/v3/objects/contacts",
                        "params": {"limit": 100, "properties": PROPERTIES},
                        "data_selector": "results",
                    },
                }
            ],
        },
        name="hubspot",
    )
    salesforce = rest_api_source(
        {
            "client": {
                "base_url": os.environ["SALESFORCE_URL"],
                "auth": bearer(os.environ["SALESFORCE_TOKEN"]),
                "paginator": {"type": "json_link", "next_url_path": "nextRecordsUrl"},
            },
            "resources": [
                {
                    "name": "leads",
                    "endpoint": {
                        "path": "services/data/v66.0/query",
                        "params": {"q": f"SELECT {FIELDS} FROM Lead"},
                        "data_selector": "records",
                    },
                }
            ],
        },
        name="salesforce",
    )
    pipeline = dlt.pipeline(
        "both", destination=dlt.destinations.filesystem("out"), dataset_name="people", pipelines_dir="state"
    )
    pipeline.run([hubspot, salesforce])
    counts = pipeline.last_trace.last_normalize_info.row_counts
    print(json.dumps({"read": counts.get("contacts", 0) + counts.get("leads", 0)}))


if __name__ == "__main__":
    main()
