"""HTLCs, as tests of payments need them."""

from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import BlockHeight, Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.channel.htlc import Direction, Htlc, Stage


def an_htlc(amount: Msat, expiry: BlockHeight, *, number: int = 0) -> Htlc:
    """One that a peer offered us, irrevocably committed."""
    return Htlc(
        direction=Direction.INCOMING,
        id=number,
        amount=amount,
        payment_hash=PaymentHash(sha256(b"payment")),
        cltv_expiry=expiry,
        onion=bytes(1366),
        adding=Stage.IRREVOCABLE,
    )
