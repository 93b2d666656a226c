"""What an order must have enclosed (ORD-24)."""
