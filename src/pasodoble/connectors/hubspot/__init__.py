"""HubSpot, spoken to. Only `connector.HubSpotConnector` is meant for others; Salesforce is never named here."""
