"""Responsibles: who acknowledges a service point's transfers, who of them first, and who in whose
absence.
"""
