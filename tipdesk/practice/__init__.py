"""Layer 10: the practice network. A regtest chain, an Electrum server and a relay on loopback.

A process of its own: the app meets it only through the protocols it would use on mainnet.
"""
