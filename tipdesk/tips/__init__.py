"""Layer 4: the domain of a tip, pure: what it is, what becomes of it, what it asks of a wallet."""
