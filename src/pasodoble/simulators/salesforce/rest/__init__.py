"""Salesforce's HTTP face over the org: one module an API area, each with an `add_routes(instance)`.

What the org holds and allows is decided in the rooms above; nothing here writes past them.
"""
