"""Devices that another region sold with a patient who moves in."""
