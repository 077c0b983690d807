"""BOLT 3, "Commitment Transaction Outputs": the scripts, local meaning the commitment's owner."""

from tipdesk.base.ids import PaymentHash, Point
from tipdesk.base.units import BlockHeight, CltvDelta
from tipdesk.bitcoin.script import Op, script
from tipdesk.crypto.hashes import hash160, ripemd160


def funding(first: Point, second: Point) -> bytes:
    """The two-of-two of the funding output, keys in lexicographic order."""
    low, high = sorted((first, second))
    return script(2, bytes(low), bytes(high), 2, Op.CHECKMULTISIG)


def to_local(revocation: Point, delayed: Point, to_self_delay: CltvDelta) -> bytes:
    """`to_local`, and the output of HTLC transactions: ours after the delay, theirs if revoked."""
    return script(
        Op.IF,
        bytes(revocation),
        Op.ELSE,
        to_self_delay.value,
        Op.CHECKSEQUENCEVERIFY,
        Op.DROP,
        bytes(delayed),
        Op.ENDIF,
        Op.CHECKSIG,
    )


def to_remote_anchors(payment_basepoint: Point) -> bytes:
    """`to_remote` with anchors: one block later, so that only anchors can be spent unconfirmed."""
    return script(bytes(payment_basepoint), Op.CHECKSIGVERIFY, 1, Op.CHECKSEQUENCEVERIFY)


def anchor(funding_pubkey: Point) -> bytes:
    """An anchor: its owner's at once, anybody's after 16 blocks."""
    return script(
        bytes(funding_pubkey),
        Op.CHECKSIG,
        Op.IFDUP,
        Op.NOTIF,
        Op.N16,
        Op.CHECKSEQUENCEVERIFY,
        Op.ENDIF,
    )


def _htlc(
    revocation: Point, remote_htlc: Point, branches: tuple[Op | bytes | int, ...], *, anchors: bool
) -> bytes:
    """What both HTLC scripts have around their two branches; a preimage is 32 bytes long."""
    confirmed_only = (1, Op.CHECKSEQUENCEVERIFY, Op.DROP) if anchors else ()
    return script(
        Op.DUP,
        Op.HASH160,
        hash160(revocation),
        Op.EQUAL,
        Op.IF,
        Op.CHECKSIG,
        Op.ELSE,
        bytes(remote_htlc),
        Op.SWAP,
        Op.SIZE,
        32,
        Op.EQUAL,
        *branches,
        Op.ENDIF,
        *confirmed_only,
        Op.ENDIF,
    )


def _both_keys(local_htlc: Point) -> tuple[Op | bytes | int, ...]:
    return (2, Op.SWAP, bytes(local_htlc), 2, Op.CHECKMULTISIG)


def offered_htlc(
    *,
    revocation: Point,
    local_htlc: Point,
    remote_htlc: Point,
    payment_hash: PaymentHash,
    anchors: bool,
) -> bytes:
    """An HTLC that the owner offered: the other side takes it with the preimage."""
    preimage = (Op.HASH160, ripemd160(payment_hash), Op.EQUALVERIFY)
    branches = (
        Op.NOTIF,
        Op.DROP,
        *_both_keys(local_htlc),
        Op.ELSE,
        *preimage,
        Op.CHECKSIG,
    )
    return _htlc(revocation, remote_htlc, branches, anchors=anchors)


def received_htlc(
    *,
    revocation: Point,
    local_htlc: Point,
    remote_htlc: Point,
    payment_hash: PaymentHash,
    cltv_expiry: BlockHeight,
    anchors: bool,
) -> bytes:
    """An HTLC that the owner received: the other side takes it back after its expiry."""
    preimage = (Op.HASH160, ripemd160(payment_hash), Op.EQUALVERIFY)
    branches = (
        Op.IF,
        *preimage,
        *_both_keys(local_htlc),
        Op.ELSE,
        Op.DROP,
        cltv_expiry.value,
        Op.CHECKLOCKTIMEVERIFY,
        Op.DROP,
        Op.CHECKSIG,
    )
    return _htlc(revocation, remote_htlc, branches, anchors=anchors)
