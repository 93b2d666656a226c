"""Fees that are charged when 90 whole days have passed since the receipt, and their pauses (BIL-3,
BIL-4).
"""
