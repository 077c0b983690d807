"""Nostr relays over websockets."""
