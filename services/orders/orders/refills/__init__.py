"""What orders reads of inventory's refill proposals."""
