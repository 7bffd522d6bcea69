"""How one value is said on each side: codecs, shipped mappings, lint. Who wins does not belong here (`reconcile`)."""
