"""HubSpot and Salesforce as local servers: the users' playground, the tests' world.

The oracle is the vendors' public contract and independent clients. Nothing here imports the product, and the product
imports nothing of this room, the command line that starts it aside.
"""
