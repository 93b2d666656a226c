"""Rent by device and day (BIL-1)."""
