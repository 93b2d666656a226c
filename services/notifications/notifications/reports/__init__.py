"""What regions are told of their things on their feeds, a module for each noun."""
