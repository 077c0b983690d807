"""What the wallet is told to do for a tip."""

from tipdesk.base.clock import Instant
from tipdesk.tips import podcast
from tipdesk.tips.payment import KeysendRequest, PayRequest
from tipdesk.tips.tip import Bill, Tip


def payment_order(tip: Tip, bill: Bill, deadline: Instant) -> PayRequest | KeysendRequest:
    """A payment of the checked invoice, or one to a node that did not ask."""
    if tip.target.node_id is None or bill.preimage is None:
        return PayRequest(
            invoice=bill.invoice,
            payment_hash=bill.payment_hash,
            amount=tip.amount,
            max_fee=tip.fee_limit,
            deadline=deadline,
        )
    return KeysendRequest(
        node_id=tip.target.node_id,
        amount=tip.amount,
        max_fee=tip.fee_limit,
        records=podcast.records(amount=tip.amount, message=tip.comment),
        deadline=deadline,
        preimage=bill.preimage,
    )
