"""Returns that users register: several devices and unmarked goods at once."""
