"""Pickup orders: devices that are fetched from a patient or a unit (PCK-1 to PCK-3, PCK-5)."""
