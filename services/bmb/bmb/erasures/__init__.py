"""What bmb forgets of a person who is erased (REF-23)."""
