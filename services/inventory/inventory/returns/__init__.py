"""Devices that come back into a store."""
