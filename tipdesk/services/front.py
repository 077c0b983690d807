"""What the start of the program asks and is told: profiles, and what new ones are made from."""

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from tipdesk.base.clock import Instant
from tipdesk.base.units import Sat

if TYPE_CHECKING:
    from tipdesk.ports.plugged import WalletFacts
    from tipdesk.tips.any_link import WalletLink


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileEntry:
    """A profile on this machine."""

    name: str
    network: str
    """As settings name it."""
    is_practice: bool = False
    """Whether its coins are those of the practice network, which is started with it."""
    needs_passphrase: bool = False
    """Whether its secrets are in a vault file of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileFacts:
    """A profile as the list of all shows it."""

    entry: ProfileEntry
    is_open: bool
    """Whether it is the one whose window this is."""
    size: int
    """Bytes of all its files."""
    used_at: Instant | None
    """None if it was never open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileLoss:
    """What goes with a profile that is removed."""

    channels: int
    in_channels: Sat
    """Our side of all of them, rounded down."""
    words_checked: bool
    """Whether somebody once showed that the words are written down."""
    is_practice: bool
    """Whether its coins are worth nothing."""
    is_real: bool = False
    """Whether its coins are worth what they say."""

    @property
    def is_refused(self) -> bool:
        """Whether it cannot be removed: money may be lost that nobody can bring back.

        Coins on chain cannot be counted while it is closed: real ones are taken to be there.
        """
        return not self.words_checked and (
            self.is_real or (bool(self.channels) and not self.is_practice)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """Whom a profile asks."""

    chain: tuple[str, ...]
    relays: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtWallet:
    """A wallet of the person's, which was asked who it is: it pays in the new profile."""

    link: "WalletLink" = field(repr=False)
    facts: "WalletFacts"
    network: str
    """Its own; the profile's becomes that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWallet:
    """What a profile is made from."""

    network: str
    servers: Servers
    accepts_risk: bool = False
    """That young software may lose real money: asked where it is real."""
    profile_name: str = ""
    """The public name; empty publishes nothing."""
    nsec: str = field(default="", repr=False)
    """A Nostr key that there is already; empty makes one."""
    passphrase: str = field(default="", repr=False)
    """Of the vault file; empty keeps secrets in the system's keyring."""
    brought: BroughtWallet | None = None
    """What pays instead of the own node."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LostWallet:
    """What a lost profile is made anew from."""

    network: str
    servers: Servers
    accepts_risk: bool = False
    words: str = field(repr=False)
    backup: bytes | None = field(default=None, repr=False)
    """The channel backup, sealed; without it channels cannot be asked back."""
    nsec: str = field(default="", repr=False)
    passphrase: str = field(default="", repr=False)


class Remedy(Enum):
    """What helps a profile that does not open."""

    NONE = "none"
    """Trying again, perhaps after what its sentence says."""
    PASSPHRASE = "passphrase"
    """Its vault file wants one."""
    WORDS = "words"
    """Its words are gone from where they were kept."""
    KEYRING = "keyring"
    """The keyring gives nothing: with the words, a vault file can take its place."""
    NOSTR_KEY = "nostr key"
    """Its Nostr key is gone: it is brought back, or another one is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """What the person gives to open a profile again."""

    words: str = field(default="", repr=False)
    nsec: str = field(default="", repr=False)
    """Where the Nostr key is what is missing: empty makes a new one."""
    passphrase: str = field(default="", repr=False)
    """Of its vault file, or of the one that takes the keyring's place."""
