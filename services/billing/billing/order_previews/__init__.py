"""What an order that is not confirmed yet would cost whom (ORD-1)."""
