"""BOLT 1, 2, 4, 7: messages as frozen values and their bytes. Knows no state and no socket."""
