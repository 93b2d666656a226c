"""References of persons as orders tells them. No number, name or address."""
