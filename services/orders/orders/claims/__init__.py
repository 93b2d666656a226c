"""Inventory's answers to whoever asks for devices: pickups and fault reports."""
