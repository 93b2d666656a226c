"""What notifications knows of orders, and what it tells of them."""
