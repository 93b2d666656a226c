"""What an earlier release stored in clear of what people write: sealed while the service serves."""
