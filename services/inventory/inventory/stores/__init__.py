"""Stores and the customers that own them, as their owners state them."""
