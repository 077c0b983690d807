"""What the start of the program asks and is told: profiles, and what new ones are made from."""

from dataclasses import dataclass, field


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
class Servers:
    """Whom a profile asks."""

    chain: tuple[str, ...]
    relays: tuple[str, ...]


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
