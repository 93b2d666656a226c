"""What a person has a right to: all that is stored of them (REF-24), and erasure (REF-23)."""
