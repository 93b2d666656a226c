"""Messages to users and service points: posted, read, removed."""
