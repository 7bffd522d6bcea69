"""HubSpot's HTTP surface, one module an API area; each registers its own routes, numbered and dated from one table.

What a portal knows and what its rules are does not belong here.
"""
