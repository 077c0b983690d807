"""The wallets that can stand behind a tip."""
