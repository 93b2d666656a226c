"""What comes direct from a supplier: received by the unit, booked and handed on at once."""
