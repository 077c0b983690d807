"""Adapters to on-chain wallets."""
