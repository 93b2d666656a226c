"""What basket loans have in their stores: set aside together, over line by line."""
