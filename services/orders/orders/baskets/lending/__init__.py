"""What may be lent in a basket, and by whom."""
