"""Acknowledgements: the receiver says yes or no to a transfer."""
