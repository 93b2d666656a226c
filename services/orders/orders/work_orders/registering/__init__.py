"""Registering a work order."""
