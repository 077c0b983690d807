"""BOLT 3: commitment, HTLC and closing transactions, from balances to bytes."""
