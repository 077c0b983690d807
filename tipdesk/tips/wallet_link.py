"""What connects TipDesk with a wallet that runs elsewhere. Every link holds a secret.

What people paste is read by `server_link`, what they fill into a form by `from_form`; both raise
a `WalletLinkError` whose sentence never repeats the text.

    lndconnect://host:port?cert=BASE64URL&macaroon=BASE64URL          LND
    clnrest+https://host:port?rune=RUNE, clnrest://https://host...    Core Lightning
    http://:password@host:9740                                        phoenixd
"""

import json
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from tipdesk.base import strict_json
from tipdesk.base.errors import DecodeError
from tipdesk.base.internet import is_home_name, is_ip_address, is_onion, is_public
from tipdesk.base.phrase import Phrase
from tipdesk.crypto.hashes import sha256
from tipdesk.tips.link_errors import (
    BadFingerprint,
    BadMacaroon,
    BadPassword,
    BadRune,
    BadServerAddress,
    BadStoredLink,
    GrpcPort,
    NotAWalletLink,
    PlainHttpRefused,
)

MAX_LINK: Final = 20_000
MAX_SECRET: Final = 4_000
_VERSION: Final = 1
_GRPC_PORT: Final = 10_009
_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9])?", re.ASCII)
_PATH = re.compile(r"(/(?!\.)[A-Za-z0-9._~-]{1,60}){0,6}/?", re.ASCII)
_RUNE = re.compile(r"[A-Za-z0-9_-]{43,3990}={0,2}", re.ASCII)
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.{1,15000}?)-----END CERTIFICATE-----", re.DOTALL)


class WalletKind(Enum):
    """What sort of program the wallet is; the value is stored."""

    NWC = "nwc"
    LND = "lnd"
    CORE_LIGHTNING = "cln"
    PHOENIXD = "phoenixd"

    @property
    def title(self) -> str:
        """Its name, as people know it."""
        return _TITLES[self]


_TITLES = {
    WalletKind.NWC: Phrase("Nostr Wallet Connect"),
    WalletKind.LND: "LND",
    WalletKind.CORE_LIGHTNING: "Core Lightning",
    WalletKind.PHOENIXD: "phoenixd",
}
_PORTS = {
    WalletKind.LND: 8080,
    WalletKind.CORE_LIGHTNING: 3010,
    WalletKind.PHOENIXD: 9740,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLink:
    """A node that is asked over HTTP: LND, Core Lightning or phoenixd."""

    kind: WalletKind
    url: str
    """``https://host:port``, or ``http://`` on this machine, in its own network and for an onion
    service. A path stands behind it, without a slash at its end, where a web server stands before
    the node."""
    secret: str = field(repr=False)
    """LND: the macaroon in hex. Core Lightning: the rune. phoenixd: the password."""
    fingerprint: bytes | None = None
    """SHA-256 of the only certificate that is believed; None: one that authorities vouch for."""

    @property
    def place(self) -> str:
        """``host:port``, as it is shown."""
        return urlsplit(self.url).netloc

    @property
    def is_plain(self) -> bool:
        """Whether it is spoken to without TLS."""
        return self.url.startswith("http://")

    def to_bytes(self) -> bytes:
        """For the vault."""
        kept = {
            "version": _VERSION,
            "kind": self.kind.value,
            "url": self.url,
            "secret": self.secret,
            "fingerprint": None if self.fingerprint is None else self.fingerprint.hex(),
        }
        return json.dumps(kept).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "ServerLink":
        """What `to_bytes` gave; `BadStoredLink` for anything else."""
        try:
            kept = strict_json.parse_object(data, maximum=MAX_LINK)
            if type(kept.get("version")) is not int or kept["version"] != _VERSION:
                raise BadStoredLink
            pin = kept["fingerprint"]
            url, secret = str(kept["url"]), str(kept["secret"])
            kind = WalletKind(kept["kind"])
            return from_form(kind, url, secret, "" if pin is None else str(pin))
        except (DecodeError, KeyError, ValueError):
            raise BadStoredLink from None


def server_link(text: str) -> ServerLink:
    """The link in what a person pasted."""
    text = text.strip()
    scheme = text.partition(":")[0].lower()
    if len(text) > MAX_LINK or not text.isascii() or not text.isprintable() or " " in text:
        raise NotAWalletLink
    if scheme == "lndconnect":
        return _lndconnect(_split(text))
    if scheme in ("clnrest", "clnrest+https", "clnrest+http"):
        return _clnrest(scheme, text)
    if scheme in ("http", "https"):
        return _phoenixd(_split(text))
    raise NotAWalletLink


def from_form(
    kind: WalletKind, address: str, secret: str, fingerprint_text: str = ""
) -> ServerLink:
    """The link from what was filled in; the address may leave out scheme and port."""
    if kind not in _PORTS:
        raise NotAWalletLink
    url = _server_url(kind, address.strip())
    fingerprint = None if url.startswith("http://") else _fingerprint(fingerprint_text)
    return ServerLink(
        kind=kind, url=url, secret=_secret(kind, secret.strip()), fingerprint=fingerprint
    )


def _split(text: str) -> SplitResult:
    try:
        return urlsplit(text)
    except ValueError:
        raise BadServerAddress from None


def _lndconnect(parts: SplitResult) -> ServerLink:
    query = _query(parts)
    if parts.netloc.endswith(f":{_GRPC_PORT}"):
        raise GrpcPort
    certificate = query.get("cert", "")
    link = from_form(
        WalletKind.LND, f"https://{_with_port(parts, 8080)}", query.get("macaroon", "")
    )
    if not certificate:
        return link
    pin = _certificate_pin(_base64(certificate))
    return ServerLink(kind=link.kind, url=link.url, secret=link.secret, fingerprint=pin)


def _clnrest(scheme: str, text: str) -> ServerLink:
    """The certificates that some put in are those of clients and authorities: no pin of a server.

    `createrune` and others name the rune ``rune``; an older form says ``token``.
    """
    rest = text[len(scheme) + 1 :].removeprefix("//")
    if scheme == "clnrest" and rest.lower().startswith(("https://", "http://")):
        parts = _split(rest)
        scheme = parts.scheme
    else:
        parts = _split(f"//{rest}")
        plain = _query(parts).get("protocol", "").lower() == "http"
        scheme = "http" if plain else scheme.partition("+")[2] or "https"
    query = _query(parts)
    address = f"{scheme}://{_with_port(parts, 3010)}"
    return from_form(
        WalletKind.CORE_LIGHTNING, address, query.get("rune") or query.get("token", "")
    )


def _phoenixd(parts: SplitResult) -> ServerLink:
    if not parts.password or parts.query or parts.fragment:
        raise NotAWalletLink
    address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    return from_form(WalletKind.PHOENIXD, address, unquote(parts.password))


def _with_port(parts: SplitResult, port: int) -> str:
    netloc = parts.netloc
    has_port = netloc.rpartition("]")[2].rpartition(":")[2].isdecimal()
    return f"{netloc if has_port else f'{netloc}:{port}'}{parts.path}"


def _query(parts: SplitResult) -> Mapping[str, str]:
    """The first of each name. A plus is itself: keys are written in base64."""
    found: dict[str, str] = {}
    for item in parts.query.split("&"):
        name, _, value = item.partition("=")
        found.setdefault(name, unquote(value))
    return found


def _server_url(kind: WalletKind, address: str) -> str:
    """The address with scheme, host, port and path, and nothing else in it."""
    if not address.isascii() or not address.isprintable() or len(address) > MAX_LINK:
        raise BadServerAddress
    is_whole = "://" in address
    parts = _split(address if is_whole else f"//{address}")
    try:
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise BadServerAddress from None
    is_named = _HOST.fullmatch(host) is not None and ".." not in host
    is_address = is_ip_address(host) and "%" not in host
    if not (is_named or is_address) or port == 0 or "@" in parts.netloc:
        raise BadServerAddress
    if parts.query or parts.fragment or not _PATH.fullmatch(parts.path or "/"):
        raise BadServerAddress
    may_be_plain = is_onion(host) or _is_at_home(host)
    scheme = parts.scheme.lower()
    if not is_whole:
        scheme = "http" if kind is WalletKind.PHOENIXD and may_be_plain else "https"
    if scheme not in ("http", "https"):
        raise BadServerAddress
    if scheme == "http" and not may_be_plain:
        raise PlainHttpRefused(host=host)
    if port is None:
        port = (443 if scheme == "https" else 80) if is_whole else _PORTS[kind]
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}:{port}{parts.path.rstrip('/')}"


def _is_at_home(host: str) -> bool:
    """This machine or its own network. What a name leads to is judged again when it is resolved."""
    if is_ip_address(host):
        return not is_public(host)
    return is_home_name(host)


def _secret(kind: WalletKind, text: str) -> str:
    if kind is WalletKind.LND:
        return _macaroon(text)
    if kind is WalletKind.CORE_LIGHTNING:
        if not _RUNE.fullmatch(text):
            raise BadRune
        return text
    if not text or len(text) > 200 or not text.isascii() or not text.isprintable():
        raise BadPassword
    return text


def _macaroon(text: str) -> str:
    """In hexadecimal; the binary form begins with its version, 2."""
    text = "".join(text.split())
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        raw = _base64(text)
    if not 32 < len(raw) <= MAX_SECRET or raw[0] != 2:
        raise BadMacaroon
    return raw.hex()


def _fingerprint(text: str) -> bytes | None:
    """Hexadecimal digits, with or without colons and a name before them, or a certificate."""
    text = text.strip()
    if not text:
        return None
    pem = _PEM.search(text[:MAX_LINK])
    if pem is not None:
        return _certificate_pin(_base64(pem[1]))
    digits = re.sub(r"[\s:]", "", text.rpartition("=")[2])
    if not re.fullmatch(r"[0-9a-fA-F]{64}", digits):
        raise BadFingerprint
    return bytes.fromhex(digits)


def _certificate_pin(raw: bytes) -> bytes:
    """SHA-256 of a certificate's DER bytes; some put the whole PEM file into the link."""
    if raw.startswith(b"-----BEGIN"):
        pem = _PEM.search(raw[:MAX_LINK].decode("ascii", "replace"))
        raw = b"" if pem is None else _base64(pem[1])
    # DER: a sequence, whose length of two bytes is all that follows.
    if len(raw) < 100 or raw[:2] != b"\x30\x82" or int.from_bytes(raw[2:4], "big") != len(raw) - 4:
        raise BadFingerprint
    return sha256(raw)


def _base64(text: str) -> bytes:
    """Either alphabet, with or without padding; empty if it is neither."""
    body = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return b64decode(body + "=" * (-len(body) % 4), validate=True)
    except ValueError:
        return b""
