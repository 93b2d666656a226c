"""What the warehouse says that it has sent of an order, and its arrival."""
