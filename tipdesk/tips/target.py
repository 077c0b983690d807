"""Whom a tip is for, and how to reach them."""

from dataclasses import dataclass

from tipdesk.nostr.nip57 import ZapTarget


@dataclass(frozen=True, slots=True)
class Target:
    """Somebody, perhaps a post of theirs, and the lightning address that takes their tips."""

    zap: ZapTarget
    address: str
    """``user@domain``, as `lnurl.address` reads it."""
