"""Everything physical: articles, balances, devices, claims and custody."""
