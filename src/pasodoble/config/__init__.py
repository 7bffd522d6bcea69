"""Settings: read from a file and the environment, checked whole, frozen. What the settings mean for a sync does not belong here."""
