"""Where each line of an order comes from."""
