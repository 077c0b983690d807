"""LUD-04 and LUD-05: logging in with a key of one's own for each domain."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from tipdesk.base.errors import DecodeError
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.bip32 import HARDENED, ExtendedKey
from tipdesk.crypto.hashes import hmac_sha256
from tipdesk.crypto.secp256k1 import PrivateKey, signature_to_der
from tipdesk.lnurl.url import check_url

_PURPOSE: Final = HARDENED + 138
_ACTIONS: Final = ("register", "login", "link", "auth")


class NotALogin(DecodeError):
    """LUD-04: an address without what a login needs."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the login link has no usable {name!a}")
        self.name = name


@dataclass(frozen=True, slots=True)
class Login:
    """What a page asks for. Nothing is sent before the person has seen `domain` and agreed."""

    url: str
    domain: str
    k1: bytes
    action: str
    """One of LUD-04's four, or empty."""


def is_login(url: str) -> bool:
    """Whether an LNURL is a login, which must not be fetched before the person agreed."""
    return parse_qs(url.partition("?")[2]).get("tag", [""])[0] == "login"


def read_login(url: str, network: Network) -> Login:
    """The login that an address asks for; `DecodeError` otherwise."""
    parts = check_url(url, network)
    fields = parse_qs(parts.query, max_num_fields=50)
    if fields.get("tag", ["login"]) != ["login"]:
        raise NotALogin("tag")
    challenges = fields.get("k1", [])
    try:
        k1 = bytes.fromhex(challenges[0]) if len(challenges) == 1 else b""
    except ValueError:
        k1 = b""
    if len(k1) != 32:
        raise NotALogin("k1")
    action = fields.get("action", [""])[0]
    domain = (parts.hostname or "").lower().rstrip(".")
    return Login(url, domain, k1, action if action in _ACTIONS else "")


def linking_key(seed: bytes, domain: str) -> PrivateKey:
    """LUD-05: our key for a domain, which tells nothing of our other keys."""
    master = ExtendedKey.of_seed(seed)
    hashing = master.along((_PURPOSE, 0))
    return master.along((_PURPOSE, *path_of(hashing.secret, domain))).key


def path_of(hashing_key: bytes, domain: str) -> tuple[int, int, int, int]:
    """LUD-05, steps 2 and 3: a domain's place among the linking keys."""
    found = hmac_sha256(hashing_key, domain.encode())
    one, two, three, four = (int.from_bytes(found[at : at + 4], "big") for at in (0, 4, 8, 12))
    return one, two, three, four


def answer_url(login: Login, key: PrivateKey) -> str:
    """LUD-04, step 3: where the signed challenge goes."""
    signature = signature_to_der(key.sign_ecdsa(login.k1))
    separator = "&" if "?" in login.url else "?"
    return f"{login.url}{separator}sig={signature.hex()}&key={key.point.hex()}"
