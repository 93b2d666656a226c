"""What regions' own systems send, and what must come of it. Nothing here runs in a service."""
