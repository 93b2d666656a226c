"""Unmarked goods that a region states have come back from a recipient."""
