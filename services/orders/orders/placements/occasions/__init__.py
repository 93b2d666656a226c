"""Training, which is ordered by the hour (ORD-11)."""
