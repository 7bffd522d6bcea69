"""Logs, metrics and health: nothing is kept yet. Never a customer's value, never a decision."""
