"""Acknowledgements: the receiver accepts or rejects a transfer."""
