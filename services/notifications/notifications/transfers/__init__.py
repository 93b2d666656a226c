"""What notifications knows of transfers, and what it tells of them."""
