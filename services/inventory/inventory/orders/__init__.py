"""What is done about orders: each is answered, and released where it is to be voided."""
