"""Messages about cases."""
