"""Static channel backup: what brings a channel's money back when everything else is lost.

It holds each channel's terms and where its peer is, never its state: an old state that is
broadcast loses everything. Whoever restores it asks the peers to close, and their commitments pay
a key that never changes (`option_static_remotekey`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tipdesk.base.buffer import Reader
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import Point, Signature
from tipdesk.base.units import FeeratePerKw, Msat
from tipdesk.crypto.aead import SealingKey
from tipdesk.crypto.hashes import hmac_sha256
from tipdesk.lightning.channel.codec import decode_terms, encode_terms
from tipdesk.lightning.channel.commitments import Commitments
from tipdesk.lightning.channel.state import Failed
from tipdesk.lightning.channel.terms import ChannelTerms

MAGIC: Final = b"TDCB\x01"
NONCE_LENGTH: Final = 12
PEER_STORAGE_LENGTH: Final = 65531
"""BOLT 1, "Peer Storage": always so long, whatever is in it."""
_OVERHEAD: Final = len(MAGIC) + NONCE_LENGTH + 16
_REASON: Final = "restored from a backup: this side lost its state, please close the channel"


class NotABackup(DecodeError):
    """Bytes that are no channel backup, a damaged one, or one of other words."""


@dataclass(frozen=True, slots=True)
class ChannelBackup:
    """One channel; `host` is empty if nobody told where its peer can be called."""

    terms: ChannelTerms
    host: str
    port: int


def backup_key(seed: bytes) -> bytes:
    """The key that the seed's backups are sealed with."""
    return hmac_sha256(seed, b"tipdesk channel backup")


def seal_backup(
    channels: Iterable[ChannelBackup], key: bytes, nonce: bytes, *, length: int | None = None
) -> bytes:
    """The sealed backup; with `length` padded, and cut to as many channels as it holds."""
    room = None if length is None else length - _OVERHEAD
    plain = bytearray()
    for channel in channels:
        entry = _encode(channel)
        if room is not None and len(plain) + len(entry) > room:
            break
        plain += entry
    if room is not None:
        plain += bytes(room - len(plain))
    return MAGIC + nonce + SealingKey(key).seal(nonce, bytes(plain), MAGIC)


def open_backup(data: bytes, key: bytes) -> tuple[ChannelBackup, ...]:
    """The channels of a sealed backup; `NotABackup` for anything else."""
    if not data.startswith(MAGIC) or len(data) < _OVERHEAD:
        raise NotABackup("this is no channel backup of TipDesk")
    nonce = data[len(MAGIC) : len(MAGIC) + NONCE_LENGTH]
    try:
        plain = SealingKey(key).open(nonce, data[len(MAGIC) + NONCE_LENGTH :], MAGIC)
    except DecodeError:
        raise NotABackup("the backup is damaged, or it was made with other words") from None
    reader = Reader(plain)
    found = []
    while reader.left >= 2 and (length := reader.uint(2)):
        found.append(_decode(reader.take(length)))
    return tuple(found)


def _encode(channel: ChannelBackup) -> bytes:
    host = channel.host.encode()
    body = bytes([len(host)]) + host + channel.port.to_bytes(2, "big") + encode_terms(channel.terms)
    return len(body).to_bytes(2, "big") + body


def _decode(data: bytes) -> ChannelBackup:
    reader = Reader(data)
    try:
        host = reader.take(reader.uint(1)).decode()
    except UnicodeDecodeError:
        raise NotABackup("an address in the backup is damaged") from None
    port = reader.uint(2)
    return ChannelBackup(decode_terms(reader.take(reader.left)), host, port)


def recovered(terms: ChannelTerms) -> Failed:
    """The state of a channel of which only the terms are left: it asks its peer to close.

    Its commitments are those of nobody: whatever the peer publishes is newer.
    """
    nothing = Commitments(
        local_balance=Msat(0),
        remote_balance=Msat(0),
        feerate=FeeratePerKw(0),
        htlcs={},
        local_signature=Signature(bytes(64)),
        remote_point=Point(terms.remote.basepoints.funding_pubkey),
    )
    return Failed(terms=terms, commitments=nothing, reason=_REASON, may_broadcast=False)
