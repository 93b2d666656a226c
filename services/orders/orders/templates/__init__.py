"""Templates of replenishments: named lists of articles and quantities (ORD-9)."""
