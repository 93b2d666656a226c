"""What is proposed to order together with a main device (ORD-23)."""
