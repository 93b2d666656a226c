"""Who users are and where they work, as orders emits it."""
