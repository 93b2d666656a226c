"""A projection of pickups, and the messages about them."""
