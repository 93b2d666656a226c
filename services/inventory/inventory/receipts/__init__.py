"""What enters the stores' books: goods received, and the old stock that a region states."""
