"""BOLT 2: a channel as a pure machine, `step(state, command, context) -> Transition`.

2026-11-22  An update (an HTLC added, an HTLC removed, a new feerate) is kept as one `Stage`
from proposed to irrevocable, advanced by the four events that move commitments on. The content
of both sides' commitments follows from the stages at any moment, so none is stored.
2026-11-22  One dataclass per state; losing the connection wraps it (`Offline`), and what may
be promised to the peer is persisted by the action before the message that promises it.
"""
