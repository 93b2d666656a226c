"""Requests: a draft is executed, and inventory grants or refuses the hold of the devices."""
