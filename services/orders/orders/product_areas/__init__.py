"""What the product areas of users and articles allow an order (REF-11)."""
