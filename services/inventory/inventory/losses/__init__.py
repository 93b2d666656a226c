"""Devices that a private clinic has lost (BIL-8)."""
