"""From verdicts to writes: in order, within bounds, with their price and their reasons. Pure."""
