"""Identifiers as types of fixed length, so that a preimage is never taken for a hash."""

from typing import ClassVar, Self


class FixedBytes(bytes):
    """Bytes of one length; anything else is refused with ``ValueError``."""

    __slots__ = ()
    LENGTH: ClassVar[int]

    def __new__(cls, value: bytes) -> Self:
        if len(value) != cls.LENGTH:
            raise ValueError(f"{cls.__name__} is {cls.LENGTH} bytes, not {len(value)}")
        return super().__new__(cls, value)

    @classmethod
    def from_hex(cls, text: str) -> Self:
        """From `2 * LENGTH` hexadecimal digits; ``ValueError`` otherwise."""
        return cls(bytes.fromhex(text))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.hex()})"

    def __str__(self) -> str:
        return self.hex()


class PaymentHash(FixedBytes):
    """SHA-256 of a payment preimage."""

    LENGTH = 32


class Preimage(FixedBytes):
    """What settles a payment. Secret until then: it prints as dots."""

    LENGTH = 32

    def __repr__(self) -> str:
        return "Preimage(...)"

    def __str__(self) -> str:
        return "..."


class PaymentSecret(FixedBytes):
    """BOLT 4 `payment_secret`: proves that the payer read the invoice."""

    LENGTH = 32

    def __repr__(self) -> str:
        return "PaymentSecret(...)"

    def __str__(self) -> str:
        return "..."


class ChannelId(FixedBytes):
    """BOLT 2 `channel_id`: funding txid with the output index XORed into the last two bytes."""

    LENGTH = 32

    @property
    def is_all_channels(self) -> bool:
        """BOLT 1: an all-zero id in `error` or `warning` means every channel with the peer."""
        return not any(self)


class ChainHash(FixedBytes):
    """The hash of a chain's genesis block, in internal byte order."""

    LENGTH = 32


class Point(FixedBytes):
    """A compressed secp256k1 public key. The curve equation is checked where it is used."""

    LENGTH = 33


class NodeId(Point):
    """A node's public key."""


class Signature(FixedBytes):
    """A compact ECDSA signature, r and s of 32 bytes each."""

    LENGTH = 64


class Txid(FixedBytes):
    """A transaction's id in internal byte order; it prints reversed, as people write it."""

    LENGTH = 32

    @classmethod
    def from_display(cls, text: str) -> Self:
        """From the reversed hexadecimal form that people and servers write."""
        return cls(bytes.fromhex(text)[::-1])

    def __str__(self) -> str:
        return self[::-1].hex()

    def __repr__(self) -> str:
        return f"Txid({self})"


class BlockHash(Txid):
    """A block's hash in internal byte order; it prints reversed."""


class EventId(FixedBytes):
    """NIP-01: SHA-256 of an event's serialisation."""

    LENGTH = 32


class XOnlyPubkey(FixedBytes):
    """BIP-340 public key: a Nostr identity."""

    LENGTH = 32


class ShortChannelId(int):
    """BOLT 7 `short_channel_id`: block height, transaction index, output index in 64 bits."""

    __slots__ = ()

    @classmethod
    def of(cls, block_height: int, transaction_index: int, output_index: int) -> Self:
        """From its three parts."""
        return cls(block_height << 40 | transaction_index << 16 | output_index)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """From the form ``539268x845x1``; ``ValueError`` otherwise."""
        block, transaction, output = (int(part) for part in text.split("x"))
        return cls.of(block, transaction, output)

    @property
    def block_height(self) -> int:
        """The block of the funding transaction."""
        return int(self) >> 40

    @property
    def transaction_index(self) -> int:
        """The funding transaction's place in its block."""
        return (int(self) >> 16) & 0xFFFFFF

    @property
    def output_index(self) -> int:
        """The funding output."""
        return int(self) & 0xFFFF

    def __str__(self) -> str:
        return f"{self.block_height}x{self.transaction_index}x{self.output_index}"

    def __repr__(self) -> str:
        return f"ShortChannelId({self})"


class TipId(FixedBytes):
    """A tip of ours, drawn at random when the tip is made."""

    LENGTH = 16
