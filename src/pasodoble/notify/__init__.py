"""Alerts to people, outwards: by webhook, to Slack (and what understands its messages), by email.

What is told, and when, is `model/alert`'s; this room only says it and sends it. A customer's values never get here: alerts
name causes and counts.
"""
