"""NIP-05: whether the owner of a domain says that a name of theirs is this person's."""

import re
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote

from tipdesk.base import strict_json
from tipdesk.base.clock import Instant
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.nostr.event import parse_pubkey
from tipdesk.nostr.relay_url import usable_relays

MAX_ANSWER_BYTES = 262_144
"""Static servers give all names they have at once."""
MAX_RELAYS = 5
_LOCAL = re.compile(r"[a-z0-9\-_.]{1,64}")
_DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_PRACTICE_DOMAIN = re.compile(r"127\.0\.0\.1:[1-9][0-9]{0,4}")


class NotAnIdentifier(DecodeError):
    """A text that is no NIP-05 identifier."""


class NotANameList(DecodeError):
    """An answer that is no ``nostr.json``."""


class NameVerdict(Enum):
    """What the domain said of a name."""

    VERIFIED = "verified"
    WRONG = "wrong"
    """It names somebody else, or nobody, or the text is no identifier."""
    UNREACHABLE = "unreachable"
    """It said nothing: nothing is known."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """``local@domain``."""

    local: str
    domain: str

    @property
    def shown(self) -> str:
        """As people read it: ``_@domain`` is the domain itself."""
        return self.domain if self.local == "_" else f"{self.local}@{self.domain}"

    @property
    def url(self) -> str:
        """Where the domain says whose the name is. In practice without TLS."""
        scheme = "http" if _PRACTICE_DOMAIN.fullmatch(self.domain) else "https"
        return f"{scheme}://{self.domain}/.well-known/nostr.json?name={quote(self.local)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedName:
    """What a domain said of `identifier` (as the profile has it) for `pubkey`, and when."""

    pubkey: XOnlyPubkey
    identifier: str
    verdict: NameVerdict
    checked_at: Instant


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """Whose a name is, and relays where they may be found."""

    pubkey: XOnlyPubkey
    relays: tuple[str, ...] = ()


def read_identifier(text: str, *, practice: bool = False) -> Identifier:
    """The identifier in a profile or in what a person typed, or `NotAnIdentifier`.

    A bare domain stands for ``_@domain``. In practice the domain may be a port of this machine.
    """
    text = text.strip().lower()
    local, at, domain = text.rpartition("@")
    if not at:
        local = "_"
    fits = _DOMAIN.fullmatch(domain) or (practice and _PRACTICE_DOMAIN.fullmatch(domain))
    if not fits or not _LOCAL.fullmatch(local):
        raise NotAnIdentifier(Phrase("{text} is no internet identifier", text=f"{text[:80]!a}"))
    return Identifier(local, domain)


def read_names(data: bytes, local: str) -> NamedPerson | None:
    """Whose the name is in a ``nostr.json``, None if it is nobody's. Or `NotANameList`."""
    try:
        fields = strict_json.parse_object(data, maximum=MAX_ANSWER_BYTES)
    except DecodeError as error:
        raise NotANameList(Phrase("not a nostr.json: {why}", why=in_words(error))) from error
    names = fields.get("names")
    if not isinstance(names, dict):
        raise NotANameList(Phrase("not a nostr.json: no names"))
    named = names.get(local)
    if not isinstance(named, str):
        return None
    try:
        pubkey = parse_pubkey(named)
    except DecodeError:
        return None
    relays = fields.get("relays")
    urls = relays.get(named, ()) if isinstance(relays, dict) else ()
    texts = tuple(url for url in urls if isinstance(url, str)) if isinstance(urls, list) else ()
    return NamedPerson(pubkey, usable_relays(texts, maximum=MAX_RELAYS))
