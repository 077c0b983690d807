"""Every message by its number: importing this module makes `decode` know them all."""

from tipdesk.lightning.wire import (
    closing,
    gossip,
    onion_messages,
    opening,
    reestablish,
    setup,
    updates,
)
from tipdesk.lightning.wire.message import MAX_MESSAGE_BYTES, Message, decode, encode

FAMILIES = (setup, opening, updates, closing, reestablish, gossip, onion_messages)
"""The modules whose messages are known."""

__all__ = ["FAMILIES", "MAX_MESSAGE_BYTES", "Message", "decode", "encode"]
