"""Invoices that are valid and yet cannot be paid end their payment; it never hangs."""

import asyncio
from pathlib import Path

from tests.fakes import make_invoice
from tests.nodes import pair
from tipdesk.base.ids import NodeId, PaymentHash, PaymentSecret, ShortChannelId
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.features import INVOICE_FEATURES
from tipdesk.lightning.invoice.bolt11 import HintHop, UnsignedInvoice, decode, encode_and_sign
from tipdesk.tips.payment import CreatedInvoice, Failed, FailureReason, PayRequest

AMOUNT = Msat(5_000_000)


async def test_an_invoice_whose_onion_would_be_too_long_ends_as_not_payable(
    tmp_path: Path,
) -> None:
    """Twelve hidden hops and 639 bytes of metadata: more than an onion's 1300 bytes."""
    async with pair(tmp_path) as world:
        fan, creator = world.members["fan"], world.members["creator"]
        keys = [PrivateKey(sha256(b"hop %d" % number)) for number in range(12)]
        nodes = [creator.node.node_id, *(NodeId(key.point) for key in keys[:-1])]
        hint = tuple(
            HintHop(
                node_id=node,
                short_channel_id=ShortChannelId.of(900, number, 0),
                fee_base_msat=0,
                fee_proportional_millionths=0,
                cltv_expiry_delta=CltvDelta(6),
            )
            for number, node in enumerate(nodes)
        )
        unsigned = UnsignedInvoice(
            network=Network.REGTEST,
            payment_hash=PaymentHash(sha256(b"hash")),
            payment_secret=PaymentSecret(bytes(32)),
            timestamp=fan.clock.now().unix_seconds,
            amount_msat=AMOUNT,
            description="long",
            payment_metadata=bytes(639),
            features=INVOICE_FEATURES,
            route_hints=(hint,),
        )
        text = encode_and_sign(unsigned, keys[-1])
        read = decode(text)
        invoice = CreatedInvoice(text, read.payment_hash, read.expires_at)
        async with asyncio.timeout(5):
            (*_, last) = await fan.pay(invoice)
        assert isinstance(last, Failed)
        assert "too long" in last.detail
        assert fan.node.payments.lookup(read.payment_hash) == last


async def test_an_invoice_of_another_hash_than_was_asked_for_is_refused(tmp_path: Path) -> None:
    async with pair(tmp_path) as world:
        fan, creator = world.members["fan"], world.members["creator"]
        other = decode(make_invoice(7)).payment_hash
        request = PayRequest(
            invoice=creator.invoice(AMOUNT).invoice,
            payment_hash=other,
            amount=AMOUNT,
            max_fee=AMOUNT,
        )
        async with asyncio.timeout(5):
            (only,) = [update async for update in fan.node.payments.pay(request)]
        assert isinstance(only, Failed)
        assert (only.payment_hash, only.reason) == (other, FailureReason.UNSUPPORTED)
        assert not fan.htlcs
