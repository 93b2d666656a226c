"""A projection of orders, and the messages and reports about them."""
