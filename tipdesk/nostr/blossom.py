"""Blossom (BUD-01, BUD-02): what asks a media server to keep a picture, and what it answers.

A file is named by the SHA-256 of its bytes, so a server cannot give another one for it unnoticed.
"""

import base64
from typing import Final

from tipdesk.base import strict_json
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.text import one_line
from tipdesk.nostr.event import Event, UnsignedEvent
from tipdesk.nostr.profile import web_url

KIND_AUTHORIZATION: Final = 24_242
GOOD_SECONDS: Final = 600
"""How long the word of ours that a server asks for is good."""
MAX_ANSWER: Final = 65_536
_MAX_REASON: Final = 200


class NotOurPicture(DecodeError):
    """The answer to an upload does not speak of what was uploaded."""


def upload_authorization(
    pubkey: XOnlyPubkey, *, picture: str, host: str, now: int
) -> UnsignedEvent:
    """BUD-01, "Authorization events": one picture, one server, for ten minutes."""
    return UnsignedEvent(
        pubkey=pubkey,
        created_at=now,
        kind=KIND_AUTHORIZATION,
        tags=(
            ("t", "upload"),
            ("x", picture),
            ("expiration", str(now + GOOD_SECONDS)),
            ("server", host.lower()),
        ),
        content="Upload a picture",
    )


def authorization_header(event: Event) -> str:
    """The event as HTTP carries it.

    Servers differ in which base64 they read. Spaces at the end spare the padding, and the two
    signs in which the alphabets differ do not come up in what we write here.
    """
    text = event.to_json().encode()
    text += b" " * (-len(text) % 3)
    return f"Nostr {base64.b64encode(text).decode()}"


def read_descriptor(body: bytes, *, picture: str, size: int) -> str:
    """BUD-02, "Blob Descriptor": the address of what was uploaded; `DecodeError` otherwise.

    The hash has to be ours, and to stand in the address: else it could lead to anything later.
    """
    fields = strict_json.parse_object(body, maximum=MAX_ANSWER)
    if fields.get("sha256") != picture:
        raise NotOurPicture("another hash than that of what was sent")
    if fields.get("size", size) != size:
        raise NotOurPicture("another size than that of what was sent")
    url = fields.get("url")
    checked = web_url(url) if isinstance(url, str) and url.isascii() else ""
    if not checked or not checked.rpartition("/")[2].startswith(picture):
        raise NotOurPicture("an address that does not name what was sent")
    return checked


def read_refusal(reason: str, body: bytes) -> str:
    """A server's own words for why it refuses, in one line; empty if it gives none."""
    if reason.strip():
        return one_line(reason, maximum=_MAX_REASON)
    try:
        message = strict_json.parse_object(body, maximum=MAX_ANSWER).get("message")
    except DecodeError:
        return ""
    return one_line(message, maximum=_MAX_REASON) if isinstance(message, str) else ""
