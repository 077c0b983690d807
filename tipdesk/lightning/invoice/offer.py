"""BOLT 12, "Offers": what somebody may be paid for, again and again; read and written.

`decode` gives an offer that keeps every rule which does not hang on the network or the hour; those
two are `check_offer`'s. Whoever asks for an invoice sends the request over one of `paths`, to its
last node, or to `issuer_id` where there are none; and warns the person when an invoice differs much
from what `amount` led them to expect. An offer of ours with private channels alone needs paths that
begin at a public node. All that is the caller's.

An amount in another currency is a hint: what is paid is agreed on in msat, in the request.
"""

import re
from dataclasses import dataclass
from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.ids import ChainHash, NodeId, Point
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.features import FeatureBits
from tipdesk.lightning.invoice import bolt12_text, offer_errors
from tipdesk.lightning.invoice.bolt12_fields import (
    OFFER_RANGES,
    Field,
    Fields,
    bytes_record,
    moment,
    number_record,
    paths_record,
    text_record,
)
from tipdesk.lightning.invoice.bolt12_text import Kind
from tipdesk.lightning.invoice.merkle import merkle_root
from tipdesk.lightning.sphinx.blinding import BlindedPath
from tipdesk.lightning.wire.tlv import TlvRecord, write_stream

FIELDS: Final = frozenset(field for field in Field if field.name.startswith("OFFER_"))

_NO_FEATURES = FeatureBits()
_CURRENCY = re.compile("[A-Z]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTerms:
    """All that an offer says, as far as we know its fields."""

    chains: tuple[ChainHash, ...] = ()
    """Where it can be paid; none means bitcoin."""
    metadata: bytes | None = None
    """The issuer's own, which comes back with each request."""
    currency: str | None = None
    """The ISO 4217 code of `amount`; None means msat."""
    amount: int | None = None
    """For each item, in the currency's smallest unit."""
    description: str | None = None
    """Written by the issuer: plain text, never markup."""
    features: FeatureBits = _NO_FEATURES
    absolute_expiry: int | None = None
    """Unix seconds after which nobody should ask for an invoice."""
    paths: tuple[BlindedPath, ...] = ()
    """Ways to the issuer; without any, `issuer_id` is asked itself."""
    issuer: str | None = None
    """Who the issuer says it is: unproven, plain text."""
    quantity_max: int | None = None
    """0: as many as one likes; None: a quantity is not asked for."""
    issuer_id: NodeId | None = None
    """Who signs the invoice; without it, the last node of the path that the request went by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(OfferTerms):
    """An offer that may be answered, as far as network and hour allow."""

    records: tuple[TlvRecord, ...]
    """As they came: a request mirrors those that we do not know, too."""

    @property
    def offer_id(self) -> bytes:
        """32 bytes that name this very offer: the root of its tree."""
        return merkle_root(self.records)

    @property
    def expires_at(self) -> Instant | None:
        """The moment after which nobody should ask for an invoice."""
        return None if self.absolute_expiry is None else moment(self.absolute_expiry)

    @property
    def signers(self) -> tuple[Point, ...]:
        """Who may sign an invoice for it: the issuer, or the last node of one of the paths."""
        if self.issuer_id is not None:
            return (self.issuer_id,)
        return tuple(path.path[-1].blinded_node_id for path in self.paths)

    def is_for(self, network: Network) -> bool:
        """Whether it can be paid there."""
        return network.chain_hash in (self.chains or (Network.MAINNET.chain_hash,))

    def expected_amount(self, quantity: int | None) -> Msat | None:
        """BOLT 12, *expected amount*: None where the offer names none, or no amount in msat."""
        if self.amount is None or self.currency is not None:
            return None
        return Msat(self.amount * (1 if quantity is None else quantity))

    def takes_quantity(self, quantity: int | None) -> bool:
        """BOLT 12: whether a request may name this quantity, or none."""
        if quantity is None or self.quantity_max is None:
            return quantity is None and self.quantity_max is None
        return quantity > 0 and (self.quantity_max == 0 or quantity <= self.quantity_max)

    def to_bytes(self) -> bytes:
        """The TLV stream."""
        return write_stream(self.records)

    def to_text(self) -> str:
        """`lno1...`, in lower case; a QR code has it in upper case."""
        return bolt12_text.encode(Kind.OFFER, self.to_bytes())


def decode(text: str) -> Offer:
    """The offer in `text`; a `Bolt12Error` names the broken rule."""
    return read(bolt12_text.decode(Kind.OFFER, text))


def read(stream: bytes) -> Offer:
    """The offer in a TLV stream."""
    fields = Fields.of_stream(stream, FIELDS)
    fields.only_within(OFFER_RANGES)
    return from_fields(fields)


def from_fields(fields: Fields) -> Offer:
    """The offer that consists of these fields and no others."""
    amount, currency = fields.number(Field.OFFER_AMOUNT), fields.text(Field.OFFER_CURRENCY)
    if currency is None:
        fields.amount(Field.OFFER_AMOUNT)
    elif not _CURRENCY.fullmatch(currency):
        raise fields.malformed(Field.OFFER_CURRENCY, Phrase("it is no code of three letters"))
    offer = Offer(
        chains=_chains(fields),
        metadata=fields.raw(Field.OFFER_METADATA),
        currency=currency,
        amount=amount,
        description=fields.text(Field.OFFER_DESCRIPTION),
        features=fields.features(Field.OFFER_FEATURES),
        absolute_expiry=fields.number(Field.OFFER_ABSOLUTE_EXPIRY),
        paths=fields.paths(Field.OFFER_PATHS),
        issuer=fields.text(Field.OFFER_ISSUER),
        quantity_max=fields.number(Field.OFFER_QUANTITY_MAX),
        issuer_id=fields.point(Field.OFFER_ISSUER_ID),
        records=fields.records,
    )
    _check_rules(offer)
    return offer


def make(terms: OfferTerms) -> Offer:
    """An offer of ours; the same errors as in reading it name a broken rule.

    The issuer is somebody whom requests reach: over `paths`, or as a public node.
    """
    fields = [
        *bytes_record(Field.OFFER_CHAINS, b"".join(terms.chains) or None),
        *bytes_record(Field.OFFER_METADATA, terms.metadata),
        *text_record(Field.OFFER_CURRENCY, terms.currency),
        *number_record(Field.OFFER_AMOUNT, terms.amount),
        *text_record(Field.OFFER_DESCRIPTION, terms.description),
        *bytes_record(Field.OFFER_FEATURES, terms.features.to_bytes() or None),
        *number_record(Field.OFFER_ABSOLUTE_EXPIRY, terms.absolute_expiry),
        *paths_record(Field.OFFER_PATHS, terms.paths),
        *text_record(Field.OFFER_ISSUER, terms.issuer),
        *number_record(Field.OFFER_QUANTITY_MAX, terms.quantity_max),
        *bytes_record(Field.OFFER_ISSUER_ID, terms.issuer_id),
    ]
    return read(write_stream(fields))


def chains_of(network: Network) -> tuple[ChainHash, ...]:
    """What an offer for one network alone says of chains: nothing where that is bitcoin."""
    return () if network is Network.MAINNET else (network.chain_hash,)


def check_offer(offer: Offer, network: Network, now: Instant) -> None:
    """BOLT 12, reader: `OfferForOtherNetwork` or `OfferExpired` if it must not be answered."""
    if not offer.is_for(network):
        raise offer_errors.OfferForOtherNetwork(network=network.value)
    if offer.expires_at is not None and now > offer.expires_at:
        raise offer_errors.OfferExpired(expired_at=offer.expires_at)


def _chains(fields: Fields) -> tuple[ChainHash, ...]:
    chains = fields.hashes(Field.OFFER_CHAINS)
    if chains is None:
        return ()
    if not chains:
        raise fields.malformed(Field.OFFER_CHAINS, Phrase("there is no chain in it"))
    return tuple(ChainHash(chain) for chain in chains)


def _check_rules(offer: Offer) -> None:
    if offer.amount is not None and offer.description is None:
        raise offer_errors.AmountWithoutDescription
    if offer.amount == 0:
        raise offer_errors.OfferOfNothing
    if offer.currency is not None and offer.amount is None:
        raise offer_errors.CurrencyWithoutAmount(currency=offer.currency)
    if offer.issuer_id is None and not offer.paths:
        raise offer_errors.NoIssuer
