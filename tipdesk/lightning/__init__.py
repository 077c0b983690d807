"""Layer 2: the BOLTs, pure and sans-I/O: no clock, no randomness, no event loop.

Glossary
    local, remote        whose commitment transaction: ours, the peer's.
    offered, received    an HTLC as the owner of the commitment at hand sees it.
    outgoing, incoming   an HTLC as this node sees it: we added it, the peer added it.
    funder, fundee       who opened the channel and pays the commitment's fee; the other one.
    settled balance      what a side owns apart from every HTLC that is not fully resolved.
    trimmed              too small for an output of its own; its value goes to the miner.
    irrevocably          in both commitments, with the commitments before them revoked.
"""
