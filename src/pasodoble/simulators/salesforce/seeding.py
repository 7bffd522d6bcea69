"""The starting world: people as leads and contacts, their accounts, deals, cases, campaigns and tasks.

All from the seed, past the rules of `writes` and unannounced: this is how the org was found, not something that happened.
"""

from __future__ import annotations

import gc
import random
from datetime import timedelta

from pasodoble.simulators.people import Company, Person, iter_people
from pasodoble.simulators.salesforce.furnish import STAGES
from pasodoble.simulators.salesforce.org import Org
from pasodoble.simulators.salesforce.rows import Row

CAMPAIGNS = (
    ("Spring Webinar", "Webinar", True),
    ("Trade Fair Madrid", "Trade Show", True),
    ("Newsletter Relaunch", "Email", True),
    ("Last Year's Roadshow", "Conference", False),
)
SUBJECTS = ("Call", "Send quote", "Follow up on the demo", "Email: our offer")
CASES = ("Cannot log in", "Invoice is wrong", "Question on delivery", "Exportación no funciona")


class Seeder:
    """Puts rows straight into the tables."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._dice = random.Random(f"salesforce-people-{org.seed}")
        users = org.table("User").rows.values()
        self._owners = [r["Id"] for r in users if r.get("IsActive") and r["Id"] != org.integration_user_id]
        self._accounts: dict[int, str] = {}
        self._campaigns: list[Row] = []
        self._now = org.now()
        self._today = org.clock.now().date()

    def put(self, name: str, row: Row) -> Row:
        """Store a row with its system fields; empty values are dropped."""
        owner = row.get("OwnerId") or self._owners[0]
        row = {
            "Id": self._org.next_id(name),
            **{k: v for k, v in row.items() if not (v is None or v is False or v == "")},
        }
        row["CreatedDate"] = row["LastModifiedDate"] = row["SystemModstamp"] = self._now
        row["CreatedById"] = row["LastModifiedById"] = owner
        self._org.table(name).put(row)
        return row

    # Campaigns

    def add_campaigns(self) -> None:
        for name, kind, active in CAMPAIGNS:
            campaign = self.put(
                "Campaign",
                {
                    "Name": name,
                    "Type": kind,
                    "Status": "In Progress" if active else "Completed",
                    "IsActive": active,
                    "OwnerId": self._owners[0],
                    "NumberOfLeads": 0,
                    "NumberOfContacts": 0,
                    "NumberOfResponses": 0,
                },
            )
            self._campaigns.append(campaign)
            for order, (label, responded) in enumerate((("Sent", False), ("Responded", True)), start=1):
                status = {"CampaignId": campaign["Id"], "Label": label, "SortOrder": order}
                self.put("CampaignMemberStatus", {**status, "HasResponded": responded, "IsDefault": not responded})

    def add_member(self, person_id: str, company: str, *, lead: bool) -> None:
        campaign = self._dice.choice(self._campaigns)
        responded = self._dice.random() < 0.3
        campaign["NumberOfLeads" if lead else "NumberOfContacts"] += 1
        campaign["NumberOfResponses"] += responded
        self.put(
            "CampaignMember",
            {
                "CampaignId": campaign["Id"],
                "LeadId" if lead else "ContactId": person_id,
                "LeadOrContactId": person_id,
                "Type": "Lead" if lead else "Contact",
                "Status": "Responded" if responded else "Sent",
                "HasResponded": responded,
                "FirstRespondedDate": self._now[:10] if responded else None,
                "CompanyOrAccount": company,
            },
        )

    # People

    def add_person(self, person: Person) -> None:
        company = person.company
        row: Row = {
            "Salutation": person.salutation,
            "FirstName": person.first,
            "LastName": person.last,
            "Name": f"{person.first} {person.last}",
            "Title": f"Senior {person.title}".strip() if person.differs else person.title,
            "Email": person.email.upper() if person.differs else person.email,
            "Phone": person.phone.strip(),
            "MobilePhone": person.mobile.strip(),
            "LeadSource": person.source,
            "OwnerId": self._dice.choice(self._owners),
        }
        added = self._add_lead(row, company) if person.is_lead else self._add_contact(row, company)
        if self._dice.random() < 0.2:
            self.add_member(added["Id"], company.name, lead=person.is_lead)
        if self._dice.random() < 0.15:
            self._add_task(added)

    def _add_lead(self, row: Row, company: Company) -> Row:
        address = {
            "Street": company.street,
            "City": company.city,
            "State": company.state,
            "PostalCode": company.zip,
            "Country": company.country,
        }
        status = self._dice.choice(("Open - Not Contacted", "Open - Not Contacted", "Working - Contacted"))
        about = {
            "Company": company.name,
            "Website": f"https://{company.domain}",
            "Industry": company.industry,
            "NumberOfEmployees": company.employees,
            "AnnualRevenue": float(company.revenue),
            "Status": status,
        }
        return self.put("Lead", {**row, **about, **address})

    def _add_contact(self, row: Row, company: Company) -> Row:
        account_id = self._account_of(company)
        address = {
            "MailingStreet": company.street,
            "MailingCity": company.city,
            "MailingState": company.state,
            "MailingPostalCode": company.zip,
            "MailingCountry": company.country,
        }
        contact = self.put("Contact", {**row, "AccountId": account_id, **address})
        chance = self._dice.random()
        if chance < 0.25:
            self._add_deal(contact, company)
        elif chance < 0.32:
            self._add_case(contact)
        return contact

    def _account_of(self, company: Company) -> str:
        known = self._accounts.get(company.number)
        if known is None:
            known = self._accounts[company.number] = self.put(
                "Account",
                {
                    "Name": company.name,
                    "Website": f"https://{company.domain}",
                    "Phone": company.phone.strip(),
                    "Industry": company.industry,
                    "BillingStreet": company.street,
                    "BillingCity": company.city,
                    "BillingState": company.state,
                    "BillingPostalCode": company.zip,
                    "BillingCountry": company.country,
                    "NumberOfEmployees": company.employees,
                    "AnnualRevenue": float(company.revenue),
                    "OwnerId": self._dice.choice(self._owners),
                },
            )["Id"]
        return known

    def _add_deal(self, contact: Row, company: Company) -> None:
        label, chance, category, category_label = self._dice.choice(STAGES)
        closes = (self._today + timedelta(days=self._dice.randrange(-60, 120))).isoformat()
        amount = float(self._dice.randrange(1, 400) * 250)
        quarter = (int(closes[5:7]) + 2) // 3
        deal = self.put(
            "Opportunity",
            {
                "Name": f"{company.name} {self._dice.choice(('renewal', 'pilot', 'rollout', 'ampliación'))}",
                "AccountId": contact["AccountId"],
                "StageName": label,
                "Probability": float(chance),
                "ForecastCategory": category,
                "ForecastCategoryName": category_label,
                "IsClosed": label.startswith("Closed"),
                "IsWon": label == "Closed Won",
                "Amount": amount,
                "ExpectedRevenue": round(amount * chance / 100, 2),
                "CloseDate": closes,
                "FiscalQuarter": quarter,
                "FiscalYear": int(closes[:4]),
                "Fiscal": f"{closes[:4]} {quarter}",
                "OwnerId": contact["OwnerId"],
            },
        )
        role = {"OpportunityId": deal["Id"], "ContactId": contact["Id"], "Role": "Decision Maker", "IsPrimary": True}
        self.put("OpportunityContactRole", role)

    def _add_case(self, contact: Row) -> None:
        self.put(
            "Case",
            {
                "CaseNumber": f"{1000 + self._org.count_up('CaseNumber'):08d}",
                "Subject": self._dice.choice(CASES),
                "Status": "New",
                "Priority": "Medium",
                "Origin": "Web",
                "ContactId": contact["Id"],
                "AccountId": contact["AccountId"],
                "OwnerId": contact["OwnerId"],
            },
        )

    def _add_task(self, person: Row) -> None:
        done = self._dice.random() < 0.5
        day = (self._today + timedelta(days=self._dice.randrange(-30, 30))).isoformat()
        self.put(
            "Task",
            {
                "Subject": self._dice.choice(SUBJECTS),
                "WhoId": person["Id"],
                "AccountId": person.get("AccountId"),
                "Status": "Completed" if done else "Not Started",
                "Priority": "Normal",
                "IsClosed": done,
                "CompletedDateTime": self._now if done else None,
                "ActivityDate": day,
                "TaskSubtype": "Task",
                "OwnerId": person["OwnerId"],
            },
        )


def seed_people(org: Org, count: int) -> None:
    """Fill the org with those of `count` people whom Salesforce knows."""
    seeder = Seeder(org)
    seeder.add_campaigns()
    for person in iter_people(count, org.seed):
        if person.in_salesforce:
            seeder.add_person(person)
    gc.collect()
    gc.freeze()  # the seeded rows live as long as the process: full collections need not walk them each time
