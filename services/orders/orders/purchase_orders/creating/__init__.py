"""How a purchase order comes to be."""
