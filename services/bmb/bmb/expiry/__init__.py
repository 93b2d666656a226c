"""Expiry: what becomes of a transfer that nobody answers."""
