"""Pasodoble keeps HubSpot and Salesforce in step, both ways, on your own machines."""

__version__ = "0.1.0"
