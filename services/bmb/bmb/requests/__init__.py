"""Requests: a draft is executed, and inventory answers whether it holds the devices."""
