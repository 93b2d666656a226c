"""What bmb knows from others: persons, units, users, and where devices are."""
