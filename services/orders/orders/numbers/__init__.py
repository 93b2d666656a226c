"""Order numbers: a series per region and week (ORD-2)."""
