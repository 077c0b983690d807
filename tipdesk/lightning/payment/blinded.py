"""BOLT 4, route blinding for payments: what a node on such a route has to do, and what may not be.

Whatever breaks a rule is one error: who sent the payment must not learn which rule it was, nor
where (class 35).
"""

from dataclasses import dataclass

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import NodeId, PaymentSecret, Point, ShortChannelId
from tipdesk.base.units import BlockHeight, Msat
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.channel.htlc import Htlc
from tipdesk.lightning.features import FeatureBits
from tipdesk.lightning.sphinx import recipient_data
from tipdesk.lightning.sphinx.blinding import unblind
from tipdesk.lightning.sphinx.payload import BlindedPayload, FinalPayload
from tipdesk.lightning.sphinx.recipient_data import PaymentConstraints, RecipientData

_NO_FEATURES = FeatureBits()


class InvalidBlinding(DecodeError):
    """BOLT 4, `invalid_onion_blinding`; the rule is for our log only."""

    def __init__(self, *, rule: str) -> None:
        super().__init__(f"a payment over a blinded route is refused: {rule}")
        self.rule = rule


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindedForward:
    """What a forwarding node has to do."""

    to: NodeId | ShortChannelId
    amt_to_forward: Msat
    outgoing_cltv_value: BlockHeight
    next_path_key: Point


def read_forward(node_key: PrivateKey, htlc: Htlc, payload: BlindedPayload) -> BlindedForward:
    """What a node has to do that is not the last one; `InvalidBlinding`."""
    data, next_path_key = _opened(node_key, htlc, payload)
    told = (payload.amt_to_forward, payload.outgoing_cltv_value, payload.total_amount_msat)
    if any(value is not None for value in told):
        raise InvalidBlinding(rule="the payer tells a forwarding node more than it may")
    relay = data.payment_relay
    following = data.short_channel_id if data.next_node_id is None else data.next_node_id
    if relay is None or following is None:
        raise InvalidBlinding(rule="a forwarding node is not told where to or on what terms")
    expiry = htlc.cltv_expiry.value - relay.cltv_expiry_delta.value
    return BlindedForward(
        to=following,
        amt_to_forward=relay.amt_to_forward(htlc.amount),
        outgoing_cltv_value=BlockHeight(expiry),
        next_path_key=next_path_key,
    )


def read_final(node_key: PrivateKey, htlc: Htlc, payload: BlindedPayload) -> FinalPayload:
    """What the payee is told; `InvalidBlinding`.

    The `path_id` that it gave itself stands where a `payment_secret` does elsewhere: as secret,
    and compared with that of the invoice.
    """
    data, _ = _opened(node_key, htlc, payload)
    amount, expiry = payload.amt_to_forward, payload.outgoing_cltv_value
    total = payload.total_amount_msat
    if amount is None or expiry is None or total is None:
        raise InvalidBlinding(rule="the last node is not told amount, expiry and total")
    if data.path_id is None or len(data.path_id) != PaymentSecret.LENGTH:
        raise InvalidBlinding(rule="its path is none that we made for a payment")
    return FinalPayload(
        amt_to_forward=amount,
        outgoing_cltv_value=expiry,
        payment_secret=PaymentSecret(data.path_id),
        total_msat=total,
    )


def _opened(
    node_key: PrivateKey, htlc: Htlc, payload: BlindedPayload
) -> tuple[RecipientData, Point]:
    """The node's own instructions, once they are allowed, and the next path key."""
    path_key = htlc.path_key
    if path_key is not None and payload.current_path_key is not None:
        raise InvalidBlinding(rule="two path keys are given")
    path_key = path_key or payload.current_path_key
    if path_key is None:
        raise InvalidBlinding(rule="no path key is given")
    try:
        unblinded = unblind(node_key, path_key, payload.encrypted_recipient_data)
        data = recipient_data.decode(unblinded.data)
    except DecodeError as error:
        raise InvalidBlinding(rule=str(error)) from None
    if data.short_channel_id is not None and data.next_node_id is not None:
        raise InvalidBlinding(rule="the next node is named twice")
    if data.allowed_features not in (None, _NO_FEATURES):
        raise InvalidBlinding(rule="features are allowed that are not known")
    _check_constraints(htlc, data.payment_constraints)
    return data, data.next_path_key_override or unblinded.next_path_key


def _check_constraints(htlc: Htlc, constraints: PaymentConstraints | None) -> None:
    if constraints is None:
        return
    if htlc.cltv_expiry > constraints.max_cltv_expiry:
        raise InvalidBlinding(rule="the path has expired")
    if htlc.amount < constraints.htlc_minimum_msat:
        raise InvalidBlinding(rule="the amount is below the path's minimum")
