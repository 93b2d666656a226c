"""Completion: devices change custody by a transfer, or drop out of it."""
