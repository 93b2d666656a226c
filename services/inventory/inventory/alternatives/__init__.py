"""Which older articles are proposed instead of one that is to be ordered (ORD-6)."""
