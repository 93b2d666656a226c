"""Orders that are being written (ORD-1e)."""
