"""The card of a device: its number, its serial number, its SIP number, its maintenance."""
