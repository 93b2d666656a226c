"""Messages about refill proposals."""
