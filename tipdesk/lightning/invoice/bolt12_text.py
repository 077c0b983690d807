"""BOLT 12, "Encoding": TLV streams as text without a checksum, in pieces that `+` joins.

What the bytes mean is read elsewhere. White space around the text is the caller's to take away.
"""

import re
from enum import StrEnum
from typing import Final

from tipdesk.base.phrase import Phrase
from tipdesk.crypto import bech32
from tipdesk.lightning.invoice.bolt12_errors import NotBolt12Text, WrongKindOfText

MAX_LENGTH: Final = 20_000
"""Characters of a text, joints and all."""

MAX_BYTES: Final = (MAX_LENGTH - 4) * 5 // 8
"""Bytes of a stream: what does not fit into a text is not read from a message either."""


class Kind(StrEnum):
    """What a text is, by its prefix."""

    OFFER = "lno"
    INVOICE_REQUEST = "lnr"
    INVOICE = "lni"
    PAYER_PROOF = "lnp"


_VALUE = {letter: value for value, letter in enumerate(bech32.ALPHABET)}
_JOINT = re.compile(r"(?<=[0-9a-z])\+\s*(?=[0-9a-z])", re.ASCII | re.IGNORECASE)
_PREFIX_LENGTH = 4


def encode(kind: Kind, stream: bytes) -> str:
    """The text in lower case; a QR code has it in upper case (BOLT 12, writer)."""
    return f"{kind}1" + "".join(bech32.ALPHABET[word] for word in bech32.to_words(stream))


def decode(kind: Kind, text: str) -> bytes:
    """The TLV stream in `text`; `NotBolt12Text` or `WrongKindOfText` says what is wrong."""
    if len(text) > MAX_LENGTH:
        raise NotBolt12Text(
            problem=Phrase("it is longer than {maximum} characters", maximum=MAX_LENGTH)
        )
    joined = _JOINT.sub("", text)
    if not joined.isascii():
        # Letters of other alphabets can become ours in lower case.
        raise NotBolt12Text(problem=Phrase("it has letters that such texts never have"))
    if joined not in (joined.lower(), joined.upper()):
        raise NotBolt12Text(problem=Phrase("it mixes upper and lower case"))
    joined = joined.lower()
    if joined[:_PREFIX_LENGTH] != f"{kind}1":
        raise WrongKindOfText(expected=kind, found=joined[:_PREFIX_LENGTH])
    try:
        return bech32.from_words([_VALUE[letter] for letter in joined[_PREFIX_LENGTH:]])
    except KeyError as error:
        letter = f"{error.args[0]!a}"
        raise NotBolt12Text(
            problem=Phrase("it has the character {letter}", letter=letter)
        ) from None
    except bech32.Bech32Error:
        raise NotBolt12Text(problem=Phrase("its end is missing or mistyped")) from None


def kind_of(text: str) -> Kind | None:
    """What a text says it is, by its prefix alone; None for anything else."""
    start = _JOINT.sub("", text[:MAX_LENGTH])[:_PREFIX_LENGTH].lower()
    return next((kind for kind in Kind if start == f"{kind}1"), None)
