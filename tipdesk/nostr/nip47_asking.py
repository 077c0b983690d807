"""NIP-47 and NWC-05: the methods that pay nothing, for the client and for the service alike.

Every value is written with `to_object` and read with `read`, which raises `MalformedField`. Amounts
are in msats, times in Unix seconds.
"""

from dataclasses import dataclass, field
from typing import Final, Self

from tipdesk.base.ids import NodeId, PaymentHash
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.nostr.nip47 import MAX_NAMES, known_names
from tipdesk.nostr.nip47_fields import (
    MAX_WORD_CHARS,
    Fields,
    MalformedField,
    hex_of,
    msat_of,
    required,
    without_empty,
)
from tipdesk.nostr.nip47_transaction import (
    MAX_INVOICE_CHARS,
    MAX_METADATA_CHARS,
    DescriptionHash,
    Object,
    Transaction,
    TransactionType,
    read_metadata,
)

PAGE: Final = 20
"""NWC-05: transactions that one answer should hold at the most."""
_MAX_PAGE: Final = 500
_MAX_ALIAS_CHARS: Final = 60
_MAX_NUMBER: Final = 2**53
_NETWORKS: Final = {
    "mainnet": Network.MAINNET,
    "bitcoin": Network.MAINNET,
    "testnet": Network.TESTNET,
    "testnet4": Network.TESTNET,
    "signet": Network.SIGNET,
    "regtest": Network.REGTEST,
}
"""`bitcoin` is how some wallets call it."""
_NAMES: Final = {network: name for name, network in reversed(_NETWORKS.items())} | {
    Network.MAINNET: "mainnet",
    Network.TESTNET: "testnet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeInvoice:
    """`make_invoice`; it gives a `Transaction`."""

    amount: Msat | None
    """None if it was left out: the text has none without."""
    description: str | None = None
    description_hash: bytes | None = None
    expiry: int | None = None
    """Seconds."""
    metadata: Object = field(default_factory=dict)

    def to_object(self) -> dict[str, object]:
        """The params."""
        return without_empty(
            {
                "amount": msat_of(self.amount),
                "description": self.description,
                "description_hash": hex_of(self.description_hash),
                "expiry": self.expiry,
                "metadata": self.metadata,
            }
        )

    @classmethod
    def read(cls, params: Object) -> Self:
        """From params."""
        fields = Fields(params)
        return cls(
            amount=fields.amount("amount"),
            # As it came: what an invoice says is not cut behind the back of who asked for it.
            description=fields.raw("description", MAX_METADATA_CHARS),
            description_hash=fields.fixed("description_hash", DescriptionHash),
            expiry=fields.number("expiry", _MAX_NUMBER),
            metadata=read_metadata(fields),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupInvoice:
    """`lookup_invoice`, by either; it gives a `Transaction`."""

    payment_hash: PaymentHash | None = None
    invoice: str = ""

    def to_object(self) -> dict[str, object]:
        """The params."""
        return without_empty({"payment_hash": hex_of(self.payment_hash), "invoice": self.invoice})

    @classmethod
    def read(cls, params: Object) -> Self:
        """From params."""
        fields = Fields(params)
        read = cls(
            payment_hash=fields.fixed("payment_hash", PaymentHash),
            invoice=fields.raw("invoice", MAX_INVOICE_CHARS) or "",
        )
        if read.payment_hash is None and not read.invoice:
            raise MalformedField("payment_hash")
        return read


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTransactions:
    """NWC-05, `list_transactions`: the newest first."""

    from_: int | None = None
    until: int | None = None
    limit: int | None = None
    offset: int = 0
    unpaid: bool = False
    type: TransactionType | None = None

    def to_object(self) -> dict[str, object]:
        """The params."""
        named = {"from": self.from_, "until": self.until, "limit": self.limit}
        kind = {"type": self.type and self.type.value}
        return without_empty({**named, "offset": self.offset, "unpaid": self.unpaid, **kind})

    @classmethod
    def read(cls, params: Object) -> Self:
        """From params."""
        fields = Fields(params)
        return cls(
            from_=fields.time("from"),
            until=fields.time("until"),
            limit=fields.number("limit", _MAX_NUMBER),
            offset=fields.number("offset", _MAX_NUMBER) or 0,
            unpaid=fields.flag("unpaid"),
            type=fields.one_of("type", TransactionType),
        )


@dataclass(frozen=True, slots=True)
class Transactions:
    """What `list_transactions` gives."""

    transactions: tuple[Transaction, ...]

    def to_object(self) -> dict[str, object]:
        """The result."""
        return {"transactions": [entry.to_object() for entry in self.transactions]}

    @classmethod
    def read(cls, result: Object) -> Self:
        """From a result."""
        found = Fields(result).items("transactions", _MAX_PAGE)
        return cls(tuple(Transaction.read(entry) for entry in found))


@dataclass(frozen=True, slots=True)
class BalanceResult:
    """What `get_balance` gives."""

    balance: Msat

    def to_object(self) -> dict[str, object]:
        """The result."""
        return {"balance": self.balance.value}

    @classmethod
    def read(cls, result: Object) -> Self:
        """From a result."""
        return cls(required("balance", Fields(result).amount))


@dataclass(frozen=True, slots=True, kw_only=True)
class InfoResult:
    """What `get_info` gives: of the connection that asks, more exact than the info event."""

    alias: str = ""
    color: str = ""
    pubkey: NodeId | None = None
    network: Network | None = None
    """None if it does not tell, or by a name that is not known."""
    block_height: int | None = None
    block_hash: str = ""
    methods: tuple[str, ...] | None = None
    """None if it does not tell: the info event does."""
    notifications: tuple[str, ...] | None = None

    def to_object(self) -> dict[str, object]:
        """The result."""
        return without_empty(
            {
                "alias": self.alias,
                "color": self.color,
                "pubkey": hex_of(self.pubkey),
                "network": self.network and _NAMES[self.network],
                "block_height": self.block_height,
                "block_hash": self.block_hash,
                "methods": None if self.methods is None else list(self.methods),
                "notifications": None if self.notifications is None else list(self.notifications),
            }
        )

    @classmethod
    def read(cls, result: Object) -> Self:
        """From a result."""
        fields = Fields(result)
        return cls(
            alias=fields.text("alias", _MAX_ALIAS_CHARS),
            color=fields.text("color", _MAX_ALIAS_CHARS),
            pubkey=_node_id(fields),
            network=_NETWORKS.get((fields.raw("network", MAX_WORD_CHARS) or "").lower()),
            block_height=fields.number("block_height", _MAX_NUMBER),
            block_hash=fields.text("block_hash", MAX_WORD_CHARS),
            methods=_listed(result, "methods"),
            notifications=_listed(result, "notifications"),
        )


def _node_id(fields: Fields) -> NodeId | None:
    # Wallets that have no node of their own fill in whatever they like.
    try:
        return fields.fixed("pubkey", NodeId)
    except MalformedField:
        return None


def _listed(result: Object, name: str) -> tuple[str, ...] | None:
    if result.get(name) is None:
        return None
    return known_names(Fields(result).items(name, 10 * MAX_NAMES))
