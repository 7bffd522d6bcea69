"""From verdicts to writes: in order, within bounds, with their price and their reasons.

Pure. Deciding what a field should hold does not belong here, nor does sending anything.
"""
