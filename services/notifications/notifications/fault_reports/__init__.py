"""A projection of fault reports, and the messages about them."""
