"""Whom a tip is for, and how to reach them."""

from dataclasses import dataclass

from tipdesk.base.ids import EventId, NodeId, XOnlyPubkey
from tipdesk.nostr.nip57 import ZapTarget


@dataclass(frozen=True, slots=True)
class Target:
    """Somebody and the way to them: a lightning address, an LNURL, or a node.

    `zap` is None for somebody of whom nothing is known but the way.
    """

    zap: ZapTarget | None
    address: str
    """``user@domain`` or ``lnurl1...``; empty until it is found in the recipient's profile, and
    for a node."""
    node_id: NodeId | None = None

    def is_same_as(self, other: "Target") -> bool:
        """Whether both lead to one person and one post, wherever their address is found."""
        if self.zap is None:
            return self == other
        return self.zap == other.zap

    @property
    def recipient(self) -> XOnlyPubkey | None:
        """Who gets the tip, if they have a name on Nostr."""
        return None if self.zap is None else self.zap.recipient

    @property
    def event_id(self) -> EventId | None:
        """The post that it is for."""
        return None if self.zap is None else self.zap.event_id
