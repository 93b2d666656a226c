"""Messages about what is made fit again."""
