"""When the lines of an order that is not confirmed yet would leave (ORD-1)."""
