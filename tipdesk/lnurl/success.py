"""LUD-09 and LUD-10: what a server wants shown once it is paid. All of it a stranger's text."""

import binascii
import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never
from urllib.parse import urlsplit

from tipdesk.base import strict_json
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import Preimage
from tipdesk.base.phrase import Phrase
from tipdesk.base.text import many_lines, one_line
from tipdesk.crypto.aead import AuthenticationFailed, aes_cbc_decrypt

MAX_TEXT_CHARS = 144
"""LUD-09 allows a message and a description as many."""
_MAX_CIPHERTEXT_CHARS = 4_096
_IV_BYTES = 16
_MAX_STORED = 8_192


class BadSuccessAction(DecodeError):
    """An action of a known kind that lacks a field or holds something else in it."""


class UnknownSuccessAction(DecodeError):
    """LUD-09: an action we could not show after paying, so we must not pay."""

    def __init__(self, *, tag: str) -> None:
        super().__init__(
            Phrase(
                "the server wants an action {tag} after the payment: not supported", tag=f"{tag!a}"
            )
        )
        self.tag = tag


@dataclass(frozen=True, slots=True)
class Message:
    """LUD-09 ``message``: to be shown and kept once the payment settled."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """LUD-09 ``url``: to be offered, never opened unasked."""

    description: str
    url: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """LUD-10 ``aes``: a text that the payment's preimage opens."""

    description: str
    ciphertext: bytes
    iv: bytes

    def open(self, preimage: Preimage) -> str:
        """The text; `DecodeError` if it was not sealed with this preimage."""
        try:
            data = aes_cbc_decrypt(preimage, self.iv, self.ciphertext)
            return many_lines(data.decode(), maximum=_MAX_CIPHERTEXT_CHARS)
        except (AuthenticationFailed, UnicodeDecodeError):
            raise BadSuccessAction(Phrase("the server sealed its text with another key")) from None


SuccessAction = Message | Link | Sealed


def read_action(action: object, *, callback: str) -> SuccessAction:
    """The ``successAction`` of an answer; `DecodeError` for one that could not be shown.

    `callback` is where the invoice came from: a link must lead there (LUD-09).
    """
    match action:
        case {"tag": "message", "message": str(text)}:
            return Message(one_line(text, maximum=MAX_TEXT_CHARS))
        case {"tag": "url", "description": str(text), "url": str(url)}:
            if not _same_site(url, callback):
                raise BadSuccessAction(Phrase("the server's link leads to another site"))
            return Link(one_line(text, maximum=MAX_TEXT_CHARS), url)
        case {"tag": "aes", **fields}:
            return _read_sealed(fields)
        case {"tag": str(tag)}:
            raise UnknownSuccessAction(tag=one_line(tag, maximum=40))
    raise BadSuccessAction(Phrase("the server's success action cannot be read"))


def _read_sealed(fields: Mapping[object, object]) -> Sealed:
    match fields:
        case {"description": str(text), "ciphertext": str(sealed), "iv": str(iv)} if (
            len(sealed) <= _MAX_CIPHERTEXT_CHARS
        ):
            shown = one_line(text, maximum=MAX_TEXT_CHARS)
            found = Sealed(shown, _from_base64(sealed), _from_base64(iv))
            if len(found.iv) == _IV_BYTES and found.ciphertext:
                return found
    raise BadSuccessAction(Phrase("the server's sealed text cannot be read"))


def _from_base64(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadSuccessAction(Phrase("the server's sealed text cannot be read")) from None


def _same_site(url: str, callback: str) -> bool:
    """LUD-09: a link leads to where the invoice came from, by the same scheme."""
    try:
        ours, theirs = urlsplit(callback), urlsplit(url)
    except ValueError:
        return False
    return (ours.scheme, ours.hostname) == (theirs.scheme, theirs.hostname) and url.isprintable()


def to_text(action: SuccessAction) -> str:
    """For the store; `from_text` reads it again."""
    match action:
        case Message(text):
            fields = {"message": text}
        case Link(description, url):
            fields = {"description": description, "url": url}
        case Sealed(description, ciphertext, iv):
            fields = {"description": description, "sealed": ciphertext.hex(), "iv": iv.hex()}
        case _:
            assert_never(action)
    return json.dumps(fields, ensure_ascii=False)


def from_text(text: str) -> SuccessAction:
    """The reverse of `to_text`; `DecodeError` for what it did not write."""
    match strict_json.parse_object(text, maximum=_MAX_STORED):
        case {"message": str(message)}:
            return Message(message)
        case {"description": str(description), "url": str(url)}:
            return Link(description, url)
        case {"description": str(description), "sealed": str(sealed), "iv": str(iv)}:
            return Sealed(description, bytes.fromhex(sealed), bytes.fromhex(iv))
    raise BadSuccessAction(Phrase("not a stored success action"))
