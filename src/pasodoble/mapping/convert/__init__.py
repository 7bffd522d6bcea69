"""How one value is said on each side: a file a family, each giving codecs. Which fields are joined does not belong here."""
