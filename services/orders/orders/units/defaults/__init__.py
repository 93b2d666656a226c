"""What is chosen in advance for a user: a source (REF-10), a service point (REF-12)."""
