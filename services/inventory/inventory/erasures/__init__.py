"""What inventory forgets of a person who is erased (REF-23)."""
