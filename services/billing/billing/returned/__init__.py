"""What came back in time: it is not owed, by whichever charge it waited."""
