"""Salesforce, spoken to. Only `connector.SalesforceConnector` is meant for others; HubSpot is never named here."""
