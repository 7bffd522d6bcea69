"""How each vendor is spoken to: the Connector port over HubSpot, over Salesforce, and over dictionaries.

Field names, paths, codes and limits of a vendor live in its own folder and nowhere else. What a value means, which side
wins and what to write are none of this room's business.
"""
