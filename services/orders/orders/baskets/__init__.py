"""Basket loans: try-out loans out of a unit's own store, delivered or put back line by line."""
