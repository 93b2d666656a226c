"""Payers, customers, care units and users, as the regions report them."""
