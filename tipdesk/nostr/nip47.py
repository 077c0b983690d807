"""NIP-47, Nostr Wallet Connect: the info event, and what goes to and fro in events.

Pure: contents are handed in decrypted and handed out in the clear; who does it encrypts, signs and
tells the time. What methods take and give is in `nip47_paying` and `nip47_asking`, the link in
`nip47_link`.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Final

from tipdesk.base import strict_json
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.base.text import one_line
from tipdesk.nostr.event import Event, Tags, UnsignedEvent
from tipdesk.nostr.nip47_fields import MAX_TIME, Fields, MalformedField, required

KIND_INFO: Final = 13_194
KIND_REQUEST: Final = 23_194
KIND_RESPONSE: Final = 23_195
KIND_OLD_NOTIFICATION: Final = 23_196
"""Encrypted as NIP-04 has it."""
KIND_NOTIFICATION: Final = 23_197

MAX_TEXT_CHARS: Final = 65_535
"""Of a content in the clear: what NIP-44 holds."""
MAX_NAMES: Final = 60
"""Methods or notifications of one wallet that are read."""
_MAX_NAME_CHARS: Final = 60
_MAX_SAID_CHARS: Final = 200
_SECONDS: Final = re.compile(r"[0-9]{1,13}")


class Method(StrEnum):
    """What can be asked of a wallet (NIP-47, "Commands"; NWC-04, NWC-05, NWC-321)."""

    PAY_INVOICE = "pay_invoice"
    PAY = "pay"
    PAY_KEYSEND = "pay_keysend"
    MAKE_INVOICE = "make_invoice"
    LOOKUP_INVOICE = "lookup_invoice"
    LIST_TRANSACTIONS = "list_transactions"
    GET_BALANCE = "get_balance"
    GET_INFO = "get_info"


class Encryption(Enum):
    """How contents are encrypted; the value is its name in tags."""

    NIP44_V2 = "nip44_v2"
    NIP04 = "nip04"

    @property
    def notification_kind(self) -> int:
        """The kind of notifications in it (NWC-02, "Transport")."""
        return KIND_NOTIFICATION if self is Encryption.NIP44_V2 else KIND_OLD_NOTIFICATION


class ErrorCode(Enum):
    """Why a wallet did not do it (NIP-47, "Error codes"; NWC-321, "Errors")."""

    RATE_LIMITED = "RATE_LIMITED"
    NOT_IMPLEMENTED = "NOT_IMPLEMENTED"
    INSUFFICIENT_BALANCE = "INSUFFICIENT_BALANCE"
    QUOTA_EXCEEDED = "QUOTA_EXCEEDED"
    RESTRICTED = "RESTRICTED"
    UNAUTHORIZED = "UNAUTHORIZED"
    INTERNAL = "INTERNAL"
    UNSUPPORTED_ENCRYPTION = "UNSUPPORTED_ENCRYPTION"
    OTHER = "OTHER"
    """Also any code that is not known here."""
    PAYMENT_FAILED = "PAYMENT_FAILED"
    """May be due to a time-out: alone it is no proof that nothing moves."""
    NOT_FOUND = "NOT_FOUND"
    BAD_REQUEST = "BAD_REQUEST"
    FEE_LIMIT_EXCEEDED = "FEE_LIMIT_EXCEEDED"
    UNSUPPORTED_NETWORK = "UNSUPPORTED_NETWORK"
    UNSUPPORTED_PAYMENT_INSTRUCTION = "UNSUPPORTED_PAYMENT_INSTRUCTION"


class WrongKind(DecodeError):
    """An event of another kind than is read here."""

    def __init__(self, *, expected: int, kind: int) -> None:
        super().__init__(f"kind {kind} where kind {expected} was due")
        self.expected = expected
        self.kind = kind


# -- the info event ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceInfo:
    """ "Info Event": what a wallet says that it can do."""

    methods: tuple[str, ...]
    notifications: tuple[str, ...] = ()
    encryptions: tuple[Encryption, ...] = (Encryption.NIP44_V2,)
    """Of those known here; a wallet that names none speaks NIP-04 only."""

    @property
    def best_encryption(self) -> Encryption | None:
        """What a client that can do all of them takes; None if we share none."""
        for encryption in Encryption:
            if encryption in self.encryptions:
                return encryption
        return None


def build_info(info: ServiceInfo, *, wallet: XOnlyPubkey, created_at: int) -> UnsignedEvent:
    """The event, which relays keep and replace. `created_at` in seconds."""
    named = (*info.methods, "notifications") if info.notifications else info.methods
    tags: Tags = (("encryption", " ".join(entry.value for entry in info.encryptions)),)
    if info.notifications:
        tags += (("notifications", " ".join(info.notifications)),)
    return UnsignedEvent(
        pubkey=wallet, created_at=created_at, kind=KIND_INFO, tags=tags, content=" ".join(named)
    )


def read_info(event: Event) -> ServiceInfo:
    """What the event says; `WrongKind` otherwise."""
    if event.kind != KIND_INFO:
        raise WrongKind(expected=KIND_INFO, kind=event.kind)
    encryption = event.first("encryption")
    return ServiceInfo(
        methods=tuple(name for name in _names(event.content) if name != "notifications"),
        notifications=_names(event.first("notifications") or ""),
        encryptions=(Encryption.NIP04,)
        if encryption is None
        else tuple(entry for entry in Encryption if entry.value in _names(encryption)),
    )


def known_names(values: Sequence[object]) -> tuple[str, ...]:
    """The names in a list that somebody sent: bounded, each once."""
    fitting = (v for v in values if isinstance(v, str) and 0 < len(v) <= _MAX_NAME_CHARS)
    return tuple(dict.fromkeys(one_line(v, maximum=_MAX_NAME_CHARS) for v in fitting))[:MAX_NAMES]


def _names(text: str) -> tuple[str, ...]:
    # Some wallets part them by commas.
    return known_names(text[: 2 * MAX_NAMES * _MAX_NAME_CHARS].replace(",", " ").split())


# -- requests ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """ "Request and Response Events": what a client asks. Times in Unix seconds."""

    id: EventId
    client: XOnlyPubkey
    method: str
    params: Mapping[str, object]
    created_at: int
    expiration: int | None
    encryption: Encryption


def request_text(method: str, params: Mapping[str, object]) -> str:
    """The content of a request, to be encrypted."""
    return _dump({"method": method, "params": params})


def build_request(
    content: str,
    *,
    client: XOnlyPubkey,
    wallet: XOnlyPubkey,
    encryption: Encryption,
    created_at: int,
    expiration: int | None = None,
) -> UnsignedEvent:
    """The event around an encrypted content."""
    tags: Tags = (("p", wallet.hex()),)
    if encryption is not Encryption.NIP04:
        tags += (("encryption", encryption.value),)
    if expiration is not None:
        tags += (("expiration", str(expiration)),)
    return UnsignedEvent(
        pubkey=client, created_at=created_at, kind=KIND_REQUEST, tags=tags, content=content
    )


def encryption_of(event: Event) -> Encryption | None:
    """How a request is encrypted, by its tag; None if in a way that is not known here.

    One without the tag is encrypted as NIP-04 has it.
    """
    named = event.first("encryption")
    for encryption in Encryption:
        if encryption.value == (Encryption.NIP04.value if named is None else named):
            return encryption
    return None


def expiration_of(event: Event) -> int | None:
    """From when on a request is to be ignored; `MalformedField` if the tag makes no sense."""
    named = event.first("expiration")
    if named is None:
        return None
    if not _SECONDS.fullmatch(named) or int(named) > MAX_TIME:
        raise MalformedField("expiration")
    return int(named)


def read_request(event: Event, text: str) -> Request:
    """What an authentic event asks, given its decrypted content; a `DecodeError` otherwise."""
    if event.kind != KIND_REQUEST:
        raise WrongKind(expected=KIND_REQUEST, kind=event.kind)
    encryption = encryption_of(event)
    if encryption is None:
        raise MalformedField("encryption")
    fields = Fields(strict_json.parse_object(text, maximum=MAX_TEXT_CHARS))
    return Request(
        id=event.id,
        client=event.pubkey,
        method=required("method", lambda name: fields.raw(name, _MAX_NAME_CHARS)),
        params=fields.table("params"),
        created_at=event.created_at,
        expiration=expiration_of(event),
        encryption=encryption,
    )


# -- responses --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WalletError:
    """Why a wallet did not do it; `message` is its own word, safe to show."""

    code: ErrorCode
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer: a result, or an error."""

    result_type: str
    result: Mapping[str, object] = field(default_factory=dict)
    error: WalletError | None = None

    def to_text(self) -> str:
        """The content, to be encrypted in the way that the request was."""
        error, result = self.error, self.result
        return _dump(
            {
                "result_type": self.result_type,
                "error": error and {"code": error.code.value, "message": error.message},
                "result": result if error is None else None,
            }
        )


def build_response(
    content: str,
    *,
    wallet: XOnlyPubkey,
    client: XOnlyPubkey,
    request_id: EventId,
    created_at: int,
) -> UnsignedEvent:
    """The event around an encrypted content."""
    tags = (("p", client.hex()), ("e", request_id.hex()))
    return UnsignedEvent(
        pubkey=wallet, created_at=created_at, kind=KIND_RESPONSE, tags=tags, content=content
    )


def read_response(text: str) -> Response:
    """The answer in a decrypted content; a `DecodeError` if it is none."""
    values = strict_json.parse_object(text, maximum=MAX_TEXT_CHARS)
    fields = Fields(values)
    result_type = required("result_type", lambda name: fields.raw(name, _MAX_NAME_CHARS))
    if values.get("error") is not None:
        return Response(result_type=result_type, error=_error(Fields.of(values["error"], "error")))
    if values.get("result") is None:
        raise MalformedField("result")
    return Response(result_type=result_type, result=fields.table("result"))


def _error(fields: Fields) -> WalletError:
    message = fields.text("message", _MAX_SAID_CHARS)
    code = fields.raw("code", _MAX_NAME_CHARS) or ""
    for known in ErrorCode:
        if known.value == code.upper():
            return WalletError(known, message)
    return WalletError(ErrorCode.OTHER, message or one_line(code, maximum=_MAX_NAME_CHARS))


# -- notifications ----------------------------------------------------------------------------

PAYMENT_RECEIVED: Final = "payment_received"
PAYMENT_SENT: Final = "payment_sent"


@dataclass(frozen=True, slots=True)
class Notification:
    """ "Notification Events": what a wallet tells unasked."""

    notification_type: str
    notification: Mapping[str, object]

    def to_text(self) -> str:
        """The content, to be encrypted."""
        return _dump(
            {"notification_type": self.notification_type, "notification": self.notification}
        )


def build_notification(
    content: str,
    *,
    wallet: XOnlyPubkey,
    client: XOnlyPubkey,
    encryption: Encryption,
    created_at: int,
) -> UnsignedEvent:
    """The event around a content that is encrypted in that way."""
    return UnsignedEvent(
        pubkey=wallet,
        created_at=created_at,
        kind=encryption.notification_kind,
        tags=(("p", client.hex()),),
        content=content,
    )


def read_notification(text: str) -> Notification:
    """The notification in a decrypted content; a `DecodeError` if it is none."""
    fields = Fields(strict_json.parse_object(text, maximum=MAX_TEXT_CHARS))
    kind = required("notification_type", lambda name: fields.raw(name, _MAX_NAME_CHARS))
    return Notification(kind, fields.table("notification"))


def _dump(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
