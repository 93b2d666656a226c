"""A store's balance list, on the screen and on paper (INV-11, INV-14)."""
