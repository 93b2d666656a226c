"""What orders from the central store get: set aside, picked, sent, delivered, released."""
