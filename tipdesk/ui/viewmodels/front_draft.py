"""What was answered so far about a wallet that is made, brought back or mended."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from tipdesk.services.front import BroughtWallet, LostWallet, Mending, NewWallet, Servers
from tipdesk.ui.i18n import t

MAINNET: Final = "mainnet"
SHORTEST_PASSPHRASE: Final = 10


class You(Enum):
    """Which Nostr identity a new profile gets."""

    NEW = "new"
    BROUGHT = "brought"
    NONE = "none"
    """A key that nothing is published with."""


@dataclass(slots=True)
class Draft:
    """What was answered so far: going back loses none of it, and nothing is asked twice."""

    is_restore: bool = False
    brings_wallet: bool = False
    """Whether a wallet that there is already pays."""
    brought: BroughtWallet | None = None
    network: str = MAINNET
    accepts_risk: bool = False
    chain: str = ""
    relays: str = ""
    you: You = You.NEW
    name: str = ""
    nsec: str = field(default="", repr=False)
    words: str = field(default="", repr=False)
    backup: bytes | None = field(default=None, repr=False)
    backup_name: str = ""
    in_keyring: bool = True
    passphrase: str = field(default="", repr=False)
    again: str = field(default="", repr=False)

    @property
    def servers(self) -> Servers:
        """As they were written, a line or a word each."""
        return Servers(chain=tuple(self.chain.split()), relays=tuple(self.relays.split()))

    @property
    def new_passphrase(self) -> str:
        """Of the vault file; empty where the keyring is chosen, whatever was written before."""
        return "" if self.in_keyring else self.passphrase

    @property
    def passphrase_problem(self) -> str:
        """What is wrong with the passphrase that was chosen, as a sentence; empty if nothing is."""
        if self.in_keyring:
            return ""
        return new_passphrase_problem(self.passphrase, self.again)

    @property
    def risk_problem(self) -> str:
        """That real money's risk is not accepted yet; empty if nothing is wrong."""
        if self.network == MAINNET and not self.accepts_risk:
            return t("Tick the box if you accept the risk.")
        return ""

    @property
    def wallet_problem(self) -> str:
        """That no wallet was asked yet, or its money's risk is not accepted; empty otherwise."""
        if self.brought is None:
            return t("Ask the wallet first: paste its link and press the button.")
        return self.risk_problem

    def new_wallet(self) -> NewWallet:
        """The answers, as a new profile is made from them."""
        return NewWallet(
            network=self.network,
            servers=self.servers,
            accepts_risk=self.accepts_risk,
            profile_name=self.name.strip() if self.you is You.NEW else "",
            nsec=self.nsec if self.you is You.BROUGHT else "",
            passphrase=self.new_passphrase,
            brought=self.brought if self.brings_wallet else None,
        )

    def lost_wallet(self) -> LostWallet:
        """The answers, as a lost profile is made anew from them."""
        return LostWallet(
            network=self.network,
            servers=self.servers,
            accepts_risk=self.accepts_risk,
            words=self.words.lower(),
            backup=self.backup,
            nsec=self.nsec,
            passphrase=self.new_passphrase,
        )

    def mending(self, unlocked_with: str) -> Mending:
        """The answers, as a profile is mended with them.

        A vault that was opened before needs the passphrase it was `unlocked_with`.
        """
        passphrase = unlocked_with if self.in_keyring else self.passphrase
        return Mending(words=self.words.lower(), nsec=self.nsec, passphrase=passphrase)


def new_passphrase_problem(passphrase: str, again: str) -> str:
    """What is wrong with a passphrase for a vault file, written twice; empty if nothing is."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        return t(
            "A passphrase has at least {count} characters: a few words do well.",
            count=SHORTEST_PASSPHRASE,
        )
    if passphrase != again:
        return t("The two are not the same: write it again.")
    return ""
