"""What claims devices, compared with the transfers and the orders that they are claimed for."""
