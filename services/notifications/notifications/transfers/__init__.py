"""A projection of transfers, and the messages and reports about them."""
