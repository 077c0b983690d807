"""How a running TipDesk is asked from another process of the same person: HTTP on loopback.

2026-11-22  A token in a file that only the owner can read, as bitcoind's cookie; no TLS, as
nothing leaves the machine. Each call is `POST /call` with `{"method": ..., "params": {...}}`.
"""
