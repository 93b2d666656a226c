"""Who issues and who gets an electronic invoice."""
