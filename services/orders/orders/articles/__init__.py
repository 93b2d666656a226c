"""What orders reads of inventory's catalogue."""
