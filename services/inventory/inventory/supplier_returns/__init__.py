"""What goes back to a supplier."""
