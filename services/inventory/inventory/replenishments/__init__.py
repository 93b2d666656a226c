"""Replenishments: goods of the central store for a unit's own store (ORD-9)."""
