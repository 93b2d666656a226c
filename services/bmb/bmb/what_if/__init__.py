"""What past transfers would have come to under another policy. Nothing takes effect."""
