"""Messages about work orders."""
