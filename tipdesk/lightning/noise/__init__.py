"""BOLT 8: the encrypted and authenticated transport."""
