"""The control door of the simulated Salesforce under `/__sandbox__/`: actions, schema, journal, snapshots.

What people do in a browser or in Setup, for which there is no public API. Connectors never use it.
"""
