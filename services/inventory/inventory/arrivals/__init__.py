"""Goods on their way to the recipient, and what has reached them."""
