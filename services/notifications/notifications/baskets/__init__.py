"""A projection of basket loans, and the messages about them."""
