"""Placing an order or registering a withdrawal."""
