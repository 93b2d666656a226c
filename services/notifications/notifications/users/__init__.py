"""Messages about users' access."""
