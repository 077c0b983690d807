"""BOLT 4: onions on the way out, failure onions on the way back."""
