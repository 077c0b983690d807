"""Any offer, request and invoice of BOLT 12 that its rules allow."""

from hypothesis import strategies as st

from tests.offers import ISSUER, NETWORK, NOW, PAYMENT_HASH, path
from tests.strategies.wire import numbers
from tipdesk.base.ids import NodeId
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.features import FeatureBits
from tipdesk.lightning.invoice.bolt12 import BlindedPayinfo, InvoiceTerms, PaymentPath
from tipdesk.lightning.invoice.bolt12_fields import MAX_AMOUNT
from tipdesk.lightning.invoice.invoice_request import Bip353Name, RequestTerms
from tipdesk.lightning.invoice.offer import OfferTerms, chains_of
from tipdesk.lightning.wire.tlv import TlvRecord

PATHS = [path(bytes([number]), 1 + number % 3) for number in range(6)]
TWO_CHAINS = (Network.MAINNET.chain_hash, NETWORK.chain_hash)

texts = st.text(max_size=40)
odd_features = st.sets(st.integers(0, 200).map(lambda n: 2 * n + 1), max_size=3).map(FeatureBits)
amounts = st.integers(1, MAX_AMOUNT.value).map(Msat)
paths = st.lists(st.sampled_from(PATHS), max_size=3).map(tuple)
described = st.one_of(
    st.fixed_dictionaries({"description": st.none() | texts}),
    st.fixed_dictionaries(
        {
            "description": texts,
            "amount": st.integers(1, 10**12),
            "currency": st.sampled_from([None, "USD", "EUR"]),
        }
    ),
)


@st.composite
def offer_terms(draw: st.DrawFn) -> OfferTerms:
    """What an offer of the tests' issuer may say."""
    ways = draw(paths)
    return OfferTerms(
        **draw(described),
        chains=draw(st.sampled_from([chains_of(NETWORK), TWO_CHAINS])),
        metadata=draw(st.none() | st.binary(max_size=40)),
        features=draw(odd_features),
        absolute_expiry=draw(st.none() | numbers(8)),
        paths=ways,
        issuer=draw(st.none() | texts),
        quantity_max=draw(st.none() | numbers(8)),
        issuer_id=NodeId(ISSUER.point) if draw(st.booleans()) or not ways else None,
    )


def odd_records(low: int, high: int) -> st.SearchStrategy[list[TlvRecord]]:
    """Records of odd types that nobody knows, within a range of their own."""
    types = st.integers(low // 2, high // 2 - 1).map(lambda n: 2 * n + 1)
    return st.lists(
        st.builds(TlvRecord, types, st.binary(max_size=20)),
        max_size=3,
        unique_by=lambda record: record.type,
    )


@st.composite
def request_terms(draw: st.DrawFn, offer: OfferTerms) -> RequestTerms:
    """What a payer may ask for of an offer."""
    quantity = None
    if offer.quantity_max is not None:
        quantity = draw(st.integers(1, min(offer.quantity_max or 9, 9)))
    least = 1 if offer.currency else (offer.amount or 1) * (quantity or 1)
    names = st.text("abc.-_XYZ019", max_size=20)
    return RequestTerms(
        amount=Msat(draw(st.integers(least, least + 10**9))),
        quantity=quantity,
        payer_note=draw(st.none() | texts),
        bip_353_name=draw(st.none() | st.builds(Bip353Name, names, names)),
    )


payinfos = st.builds(
    BlindedPayinfo,
    fee_base_msat=numbers(4),
    fee_proportional_millionths=numbers(4),
    cltv_expiry_delta=numbers(2).map(CltvDelta),
    htlc_minimum_msat=numbers(8).map(Msat),
    htlc_maximum_msat=numbers(8).map(Msat),
    features=odd_features,
)
fallbacks = st.one_of(
    st.binary(min_size=20, max_size=20).map(lambda program: b"\x00\x14" + program),
    st.binary(min_size=32, max_size=32).map(lambda program: b"\x51\x20" + program),
    st.binary(min_size=2, max_size=40).map(lambda p: b"\x60" + bytes([len(p)]) + p),
)
invoice_terms = st.builds(
    InvoiceTerms,
    payment_hash=st.just(PAYMENT_HASH),
    created_at=st.just(NOW),
    paths=st.lists(
        st.builds(PaymentPath, st.sampled_from(PATHS), payinfos), min_size=1, max_size=3
    ).map(tuple),
    relative_expiry=numbers(4),
    features=st.sets(st.sampled_from([16, 17, 99])).map(FeatureBits),
    fallback_scripts=st.lists(fallbacks, max_size=2).map(tuple),
)
