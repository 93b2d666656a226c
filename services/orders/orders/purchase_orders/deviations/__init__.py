"""What was not delivered as it was ordered."""
