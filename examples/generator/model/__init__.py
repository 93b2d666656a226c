"""What must come of a region's messages, counted without any code of the services."""
