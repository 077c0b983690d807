"""Layer 3: the Nostr protocol, one module per NIP. Pure: no sockets, no clock, no randomness.

What is read from a relay is a stranger's word. Every decoder here answers with a value or with a
`DecodeError`; signatures are checked by `session.RelaySession` before an event is handed on.
"""
