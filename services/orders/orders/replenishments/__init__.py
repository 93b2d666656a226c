"""Replenishments: orders to a unit's own store (ORD-9)."""
