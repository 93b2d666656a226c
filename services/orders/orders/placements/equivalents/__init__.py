"""What is taken instead of the article that was asked for first (ORD-6)."""
