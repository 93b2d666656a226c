"""What a region states has become of a device: stolen, lost, found, damaged or scrapped."""
