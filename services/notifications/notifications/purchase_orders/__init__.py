"""The messages about purchase orders."""
