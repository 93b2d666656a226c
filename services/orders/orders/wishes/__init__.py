"""What patients have said of who sees what units have of them, over HTTP (REF-25, REF-26)."""
