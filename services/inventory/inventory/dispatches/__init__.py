"""What the warehouse reports as sent of an order, and its arrival."""
