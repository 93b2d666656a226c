"""What an article's page shows: its supplier's words, documents, pictures (INV-2a)."""
