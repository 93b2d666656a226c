"""Purchase orders: what an order's direct lines are bought with, of one supplier each (ORD-11)."""
