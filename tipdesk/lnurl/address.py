"""LUD-16: lightning addresses."""

import re
from dataclasses import dataclass

from tipdesk.base.errors import DecodeError
from tipdesk.base.phrase import Phrase
from tipdesk.bitcoin.network import Network
from tipdesk.lnurl.url import usual_scheme

_USER = re.compile(r"[a-z0-9_.-]{1,64}")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_PORT = re.compile(r"[1-9][0-9]{0,4}")


class NotALightningAddress(DecodeError):
    """Text that is no ``user@domain``; its message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class LightningAddress:
    """Somebody at a server. `port` is there on the practice network only."""

    user: str
    domain: str
    port: int | None = None

    def __str__(self) -> str:
        return f"{self.user}@{self.authority}"

    @property
    def authority(self) -> str:
        """The domain, with the port if there is one."""
        return self.domain if self.port is None else f"{self.domain}:{self.port}"

    def url(self, network: Network) -> str:
        """LUD-16: where the payment parameters are."""
        scheme = usual_scheme(self.domain, network)
        return f"{scheme}://{self.authority}/.well-known/lnurlp/{self.user}"


def parse(text: str, network: Network) -> LightningAddress:
    """The address in `text`, in lower case; `NotALightningAddress` otherwise.

    A port, an IP address and a name without a dot are accepted on the practice network only.
    """
    user, at, authority = text.strip().lower().partition("@")
    domain, colon, port = authority.partition(":")
    if not at or not _USER.fullmatch(user):
        raise NotALightningAddress(Phrase("a lightning address looks like name@example.com"))
    if len(domain) > 253 or not _HOST.fullmatch(domain):
        raise NotALightningAddress(Phrase("{domain} is not a domain", domain=f"{domain[:60]!a}"))
    if network is not Network.REGTEST and (colon or not _is_public_name(domain)):
        raise NotALightningAddress(
            Phrase("addresses with a port or without a domain are for practice")
        )
    if colon and (not _PORT.fullmatch(port) or int(port) > 65_535):
        raise NotALightningAddress(Phrase("{port} is not a port", port=f"{port[:10]!a}"))
    return LightningAddress(user, domain, int(port) if colon else None)


def _is_public_name(domain: str) -> bool:
    return "." in domain and not domain.rpartition(".")[2].isdigit()
