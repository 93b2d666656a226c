"""What a device is called: its number and its article, as inventory emits them."""
