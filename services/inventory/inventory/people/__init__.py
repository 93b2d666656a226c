"""References of persons as orders publishes them. No number, name or address."""
