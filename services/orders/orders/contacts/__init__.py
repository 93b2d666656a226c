"""How users are reached at work, and finding them by name."""
