"""What is told of blocks that patients ask for (REF-25)."""
