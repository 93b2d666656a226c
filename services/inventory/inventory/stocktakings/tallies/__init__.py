"""What each has counted or scanned in a round."""
