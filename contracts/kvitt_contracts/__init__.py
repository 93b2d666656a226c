"""The language between services: values and messages, no IO and no clock."""
