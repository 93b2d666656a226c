"""What a person is searched by: terms of their name, birth and postal code, each a keyed hash."""
