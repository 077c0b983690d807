"""LUD-06, 12, 18, 20, 21 and NIP-57's additions: what a wallet reads and asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from tipdesk.base import strict_json
from tipdesk.base.errors import BackendError, DecodeError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.base.text import many_lines, one_line
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.lnurl.success import SuccessAction, read_action
from tipdesk.lnurl.url import check_url

MAX_ANSWER_BYTES = 400_000
"""Metadata may hold two pictures of 136,536 characters (LUD-06)."""
_MAX_MSAT = 21_000_000 * 100_000_000 * 1_000
_MAX_METADATA_ENTRIES = 50
_MAX_REASON = 200
_MAX_VERIFY_CHARS = 2_000
_MAX_INVOICE_CHARS = 7_089
_MAX_DEMANDS = 20


class NotAPayRequest(DecodeError):
    """LUD-06: the answer lacks a field or holds something else in it."""

    def __init__(self, name: str) -> None:
        super().__init__(Phrase("the server's answer has no usable {name}", name=f"{name!a}"))
        self.name = name


class LnurlRefused(BackendError):
    """The server answered with an error of its own; nothing was paid.

    `reason` is the server's text: a stranger's, made safe to show, not to be believed.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(
            Phrase(
                'The recipient\'s server refused. It said: "{reason}". No money moved.',
                reason=reason,
            )
            if reason
            else Phrase("The recipient's server refused. No money moved.")
        )
        self.reason = reason


class UnusableAnswer(BackendError):
    """The server's answer could not be read; `problem` says what stood in the way."""

    def __init__(self, host: str, problem: DecodeError) -> None:
        super().__init__(
            Phrase(
                "{host} did not answer with a payment request that TipDesk can use ({problem}). "
                "No money moved.",
                host=host,
                problem=in_words(problem),
            )
        )
        self.host = host
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class PayParams:
    """LUD-06: what a recipient accepts.

    `metadata` is the raw string that a plain payment's invoice commits to; `description`,
    `long_description` and `identifier` are read from it. `comment_allowed` is in characters
    (LUD-12). `nostr_pubkey` signs zap receipts; it is None where zaps are not taken (NIP-57).
    """

    callback: str
    min_sendable: Msat
    max_sendable: Msat
    metadata: str
    description: str
    long_description: str = ""
    identifier: str = ""
    comment_allowed: int = 0
    nostr_pubkey: XOnlyPubkey | None = None
    demands: tuple[str, ...] = ()
    """LUD-18: what the server insists on knowing of the payer. TipDesk tells none of it."""

    @property
    def allows_zaps(self) -> bool:
        """NIP-57: whether the server takes zap requests and says who will sign the receipt."""
        return self.nostr_pubkey is not None

    @property
    def metadata_hash(self) -> bytes:
        """LUD-06, step 6: what the invoice of a payment without a zap request commits to."""
        return sha256(self.metadata.encode())

    def accepts(self, amount: Msat) -> bool:
        """Whether the amount is within the server's bounds."""
        return self.min_sendable <= amount <= self.max_sendable


@dataclass(frozen=True, slots=True)
class PayResponse:
    """LUD-06, step 5: an invoice as text, not checked yet, and what to show once it is paid."""

    pr: str
    success_action: SuccessAction | None = None
    verify: str = ""
    """LUD-21: where the recipient's server tells whether the invoice was paid; empty if nowhere."""


def parse_params(data: bytes, network: Network) -> PayParams:
    """The payment parameters in a server's answer; `LnurlRefused` or `DecodeError` otherwise."""
    fields = read_answer(data)
    if fields.get("tag") != "payRequest":
        raise NotAPayRequest("tag")
    callback = _text(fields, "callback")
    check_url(callback, network)
    low, high = _amount(fields, "minSendable"), _amount(fields, "maxSendable")
    if low > high:
        raise NotAPayRequest("maxSendable")
    metadata = _text(fields, "metadata")
    parts = _metadata_texts(metadata)
    if "text/plain" not in parts:
        raise NotAPayRequest("metadata")
    return PayParams(
        callback=callback,
        min_sendable=low,
        max_sendable=high,
        metadata=metadata,
        description=one_line(parts["text/plain"], maximum=500),
        long_description=many_lines(parts.get("text/long-desc", ""), maximum=5_000),
        identifier=one_line(
            parts.get("text/identifier") or parts.get("text/email", ""), maximum=320
        ),
        comment_allowed=_comment_allowed(fields),
        nostr_pubkey=_nostr_pubkey(fields),
        demands=_demands(fields),
    )


def callback_url(
    params: PayParams,
    amount: Msat,
    *,
    zap_request: str | None = None,
    comment: str = "",
    lnurl: str | None = None,
) -> str:
    """LUD-06, step 4, with LUD-12's comment or NIP-57's zap request.

    Every reserved character is escaped: an ``&`` in a comment must not end it. A comment beside a
    zap request is left out, for it stands in the request; one that is too long is cut.
    """
    query = {"amount": str(amount.value)}
    if zap_request is not None:
        query["nostr"] = zap_request
        if lnurl is not None:
            query["lnurl"] = lnurl
    elif comment and params.comment_allowed:
        query["comment"] = comment[: params.comment_allowed]
    joined = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    separator = "&" if "?" in params.callback else "?"
    return f"{params.callback}{separator}{joined}"


def parse_invoice_response(data: bytes, params: PayParams) -> PayResponse:
    """The invoice in a server's answer to `params.callback`; `LnurlRefused` or `DecodeError`."""
    fields = read_answer(data)
    pr = _text(fields, "pr").strip()
    if not 0 < len(pr) <= _MAX_INVOICE_CHARS or not pr.isascii():
        raise NotAPayRequest("pr")
    action = fields.get("successAction")
    return PayResponse(
        pr,
        success_action=None if action is None else read_action(action, callback=params.callback),
        verify=_verify(fields),
    )


def read_answer(data: bytes) -> dict[str, object]:
    """The fields of a server's answer; `LnurlRefused` with its reason if it is an error."""
    fields = strict_json.parse_object(data, maximum=MAX_ANSWER_BYTES)
    status = fields.get("status")
    if isinstance(status, str) and status.upper() == "ERROR":
        reason = fields.get("reason")
        text = reason if isinstance(reason, str) else ""
        raise LnurlRefused(one_line(text, maximum=_MAX_REASON))
    return fields


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise NotAPayRequest(name)
    return value


def _amount(fields: Mapping[str, object], name: str) -> Msat:
    value = fields.get(name)
    if type(value) is not int or not 0 < value <= _MAX_MSAT:
        raise NotAPayRequest(name)
    return Msat(value)


def _comment_allowed(fields: Mapping[str, object]) -> int:
    value = fields.get("commentAllowed")
    return min(value, 2_000) if type(value) is int and value > 0 else 0


def _demands(fields: Mapping[str, object]) -> tuple[str, ...]:
    wanted = fields.get("payerData")
    if not isinstance(wanted, dict) or len(wanted) > _MAX_DEMANDS:
        return ()
    return tuple(
        one_line(name, maximum=40)
        for name, rule in wanted.items()
        if isinstance(rule, dict) and rule.get("mandatory") is True
    )


def _verify(fields: Mapping[str, object]) -> str:
    value = fields.get("verify")
    return value if isinstance(value, str) and len(value) <= _MAX_VERIFY_CHARS else ""


def _nostr_pubkey(fields: Mapping[str, object]) -> XOnlyPubkey | None:
    value = fields.get("nostrPubkey")
    if fields.get("allowsNostr") is not True or not isinstance(value, str):
        return None
    try:
        return XOnlyPubkey.from_hex(value)
    except ValueError:
        return None


def _metadata_texts(metadata: str) -> dict[str, str]:
    entries = strict_json.parse(metadata, maximum=MAX_ANSWER_BYTES)
    if not isinstance(entries, list) or len(entries) > _MAX_METADATA_ENTRIES:
        raise NotAPayRequest("metadata")
    texts: dict[str, str] = {}
    for entry in entries:
        match entry:
            case [str(kind), str(value), *_]:
                texts.setdefault(kind, value)
            case list():
                continue
            case _:
                raise NotAPayRequest("metadata")
    return texts
