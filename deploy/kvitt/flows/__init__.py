"""Diagrams of how a matter goes through the services, made of what was said on Kafka in the month
of `kvitt run`. `python -m kvitt.flows` writes docs/flows/; nobody writes there by hand.
"""
