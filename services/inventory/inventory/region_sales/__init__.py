"""What sales to other regions claim, and devices that are sold."""
