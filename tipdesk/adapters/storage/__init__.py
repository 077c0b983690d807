"""Storage: `money.db` (what must not be lost) and `cache.db` (what can be fetched again)."""
