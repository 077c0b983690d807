"""BOLT 5: what becomes of a channel's money once a transaction spends its funding output.

Pure. `classify` says whose commitment it is, `outputs` what each of its outputs is to us and how
it is spent, `resolution` follows the outputs to their end, `claims` builds the transactions that
take them, `bumping` says what they may cost, `deadlines` when a channel must go to the chain.

Outputs of a peer's commitment are known by their scripts, not by rebuilding the transaction: so
the newest, the one before and every revoked commitment go the same way.
"""
