"""Adapters to when things run: the clock. What is done when it is time does not belong here (`engine`)."""
