"""Devices that nobody is given any more."""
