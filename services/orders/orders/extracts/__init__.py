"""What a person is told of who looked at them (REF-21)."""
