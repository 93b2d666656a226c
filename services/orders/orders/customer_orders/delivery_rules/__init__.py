"""How an order is delivered after it was placed (REF-12)."""
