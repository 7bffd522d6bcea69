"""Where a person's lifecycle stage stands, and which of Salesforce's rows move it. Which stage follows does not belong here."""

from __future__ import annotations

from typing import Final

STAGE: Final = "lifecyclestage"
PERSON: Final = "Contact"
"""The object whose records may have a role on an opportunity: a lead has none before it is converted (L-05)."""
OPPORTUNITY: Final = "Opportunity"
CLOSED: Final = "IsClosed"
WON: Final = "IsWon"
