"""What the stores answer to a receipt."""
