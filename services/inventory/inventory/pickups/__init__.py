"""What pickup orders claim: devices that are to be fetched."""
