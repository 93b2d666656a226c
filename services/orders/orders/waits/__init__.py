"""What a thing waits for, on whom, until when, and what happens then."""
