"""Single lines that come direct from suppliers."""
