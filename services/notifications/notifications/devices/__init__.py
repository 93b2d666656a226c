"""Messages about devices."""
