"""What drafts of orders and of applications have in common."""
