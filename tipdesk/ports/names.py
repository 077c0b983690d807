"""Names to pay (BIP 353), proven by the signatures of the domain name system itself.

Whoever answers cannot lie: an answer is believed for its signatures, from the root down.
"""

from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import urlsplit

from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.internet import is_ip_address, is_onion
from tipdesk.base.phrase import Phrase
from tipdesk.base.text import one_line

MAX_PLACE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentName:
    """What was found under a name, and what proves it."""

    name: str
    """``user@domain``, in lower case."""
    uri: str
    """The ``bitcoin:`` URI as the domain's owner wrote it."""
    offer: str
    """The BOLT 12 offer in it, as text; not decoded yet."""
    proof: bytes
    """The records with their signatures, in the form of RFC 9102: check it with `check`."""
    checked_at: Instant
    expires_at: Instant
    """From then on it has to be asked for again."""


class PaymentNames(Protocol):
    """Finds what names stand for."""

    async def find(self, name: str) -> PaymentName:
        """What a name stands for now; `DecodeError` if it is no name, `NameNotFound` otherwise."""
        ...

    def check(self, name: str, proof: bytes) -> PaymentName:
        """The same from a proof that was kept, without asking anybody."""
        ...


class PaymentNameStore(Protocol):
    """What was proven of names, the latest of each. Durable when a method returns."""

    def kept(self, name: str) -> PaymentName | None:
        """What was proven of a name last."""
        ...

    def keep(self, found: PaymentName) -> None:
        """In place of what was proven of it before."""
        ...


class BadNameServer(RequestError):
    """Text that names no name server."""

    def __init__(self, text: str) -> None:
        super().__init__(
            Phrase(
                "{text} is no name server. Write https:// and its address, or tcp:// and an IP "
                "address. Nothing was changed.",
                text=one_line(text, maximum=60) or Phrase("An empty line"),
            )
        )
        self.text = text


def read_name_server(text: str) -> str:
    """A name server as a person wrote it: ``https://host/path`` or ``tcp://address:port``."""
    text = text.strip()
    full = text if "://" in text else f"tcp://{text}"
    try:
        parts = urlsplit(full)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadNameServer(text) from None
    is_plain = full.isascii() and full.isprintable() and " " not in full and len(full) <= MAX_PLACE
    if not is_plain or not host or port == 0 or "@" in parts.netloc or parts.fragment:
        raise BadNameServer(text)
    if parts.scheme == "https":
        return full
    is_named = is_ip_address(host) or is_onion(host)
    if parts.scheme != "tcp" or not is_named or "%" in host or parts.path or parts.query:
        raise BadNameServer(text)
    return f"tcp://[{host}]:{port or 53}" if ":" in host else f"tcp://{host}:{port or 53}"


class NameNotFound(BackendError):
    """Nothing can be paid under the name; `name` is ``user@domain``."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(Phrase("{sentence} No money moved.", sentence=sentence))
        self.name = name


class NoNameServer(NameNotFound):
    """There is nobody to ask."""

    def __init__(self, name: str) -> None:
        super().__init__(
            name,
            Phrase(
                "{name} cannot be looked up: no name server is set. Set one in Settings, Privacy.",
                name=name,
            ),
        )


class NothingUnderName(NameNotFound):
    """The domain has no record for that name, or none with payment instructions."""

    def __init__(self, name: str) -> None:
        super().__init__(
            name,
            Phrase("There are no payment instructions under {name}. Is it spelt right?", name=name),
        )


class NameNotSigned(NameNotFound):
    """The domain does not sign its records, or its signatures were kept back: anybody on the way
    could have written them."""

    def __init__(self, name: str, *, zone: str) -> None:
        super().__init__(
            name,
            Phrase(
                "What {name} stands for cannot be proven: there is no signature of {zone} "
                "(DNSSEC). Ask them for an offer or a lightning address instead.",
                name=name,
                zone=zone,
            ),
        )
        self.zone = zone


class NameOutOfDate(NameNotFound):
    """A signature has expired, or is not valid yet."""

    def __init__(self, name: str, *, zone: str) -> None:
        super().__init__(
            name,
            Phrase(
                "The signatures of {zone}, which prove what {name} stands for, are out of date. "
                "See that this computer's clock is right, or try again later.",
                name=name,
                zone=zone,
            ),
        )
        self.zone = zone


class NameForged(NameNotFound):
    """A signature is wrong, or the records do not prove what they should."""

    def __init__(self, name: str, *, zone: str) -> None:
        super().__init__(
            name,
            Phrase(
                "The answer for {name} is not what {zone} has signed, and was refused. Try "
                "another name server in the settings, or ask them for an offer.",
                name=name,
                zone=zone,
            ),
        )
        self.zone = zone


class SeveralUnderName(NameNotFound):
    """More than one record with payment instructions: which is meant cannot be known."""

    def __init__(self, name: str, *, count: int) -> None:
        super().__init__(
            name,
            Phrase(
                "{name} has {count} different payment instructions, and none of them can be "
                "trusted. Tell them about it.",
                name=name,
                count=count,
            ),
        )
        self.count = count


class NoOfferUnderName(NameNotFound):
    """There are payment instructions, but no offer among them that can be read; `uri` has them."""

    def __init__(self, name: str, *, uri: str) -> None:
        super().__init__(
            name,
            Phrase(
                "{name} has no offer, which is what a private payment needs. Ask them for one.",
                name=name,
            ),
        )
        self.uri = uri


class NameServerSilent(NameNotFound):
    """Nobody answered: the name server cannot be reached, or what it says is no answer."""

    def __init__(self, name: str, *, server: str, why: str) -> None:
        super().__init__(
            name,
            Phrase(
                "The name server {server} gave no answer for {name}: {why}.",
                server=server,
                name=name,
                why=why,
            ),
        )
        self.server, self.why = server, why
