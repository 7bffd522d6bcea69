"""What things are: frozen values, enums and unions. No rules and no I/O; nothing here decides anything."""
