"""Connecting a wallet: what was pasted or filled in, what the wallet says, and the last press.

Used where a profile is open and before there is one: who asks the wallet is an argument.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Signal

from tipdesk.base.errors import BackendError, DecodeError, RequestError, StorageError
from tipdesk.nostr.nip47_link import WalletConnectLink
from tipdesk.ports.plugged import (
    WalletCertificateUnknown,
    WalletFacts,
    WalletSpeaksOldEncryption,
)
from tipdesk.tips.any_link import WalletLink, wallet_link
from tipdesk.tips.payment import Capability
from tipdesk.tips.wallet_link import ServerLink, WalletKind, from_form
from tipdesk.ui.i18n import t
from tipdesk.ui.loop import cancel_all, spawn
from tipdesk.ui.viewmodels.base import sentence

PASTED: Final = "pasted"
"""The form in which one field takes any link."""

Inspect = Callable[[WalletLink], Awaitable[WalletFacts]]
Connect = Callable[[WalletLink, str], Awaitable[None]]


class ConnectDraft(QObject):
    """`changed` after anything it shows is another; `done` once the wallet is connected."""

    changed = Signal()
    done = Signal()

    def __init__(self, inspect: Inspect, connect: Connect, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._inspect, self._connect = inspect, connect
        self.clear()

    def clear(self) -> None:
        """Nothing was asked; what was secret is forgotten."""
        cancel_all(self)
        self.form = PASTED
        self.text = self.address = self.secret = self.name = ""
        self.link: WalletLink | None = None
        self.facts: WalletFacts | None = None
        self.fingerprint: bytes | None = None
        """Of a certificate that the person has to judge."""
        self.problem = ""
        self.is_busy = self.is_brought = self.is_old = False
        self.changed.emit()

    def choose_form(self, form: str) -> None:
        """One field for any link, or the fields of one kind of server."""
        self.form = form
        self._write_off()

    def paste(self, text: str) -> None:
        """A link, from whatever it came."""
        self.form, self.text = PASTED, text
        self._write_off()

    def bring(self, text: str) -> None:
        """A link that was not pasted here: a page or another program may have sent it."""
        self.paste(text)
        self.is_brought = True
        self.changed.emit()

    def fill(self, address: str, secret: str) -> None:
        """The fields of a server."""
        self.address, self.secret = address, secret
        self._write_off()

    @property
    def is_ready(self) -> bool:
        """Whether there is something to ask a wallet with."""
        written = self.text if self.form == PASTED else self.address and self.secret
        return bool(written) and not self.is_busy

    def look(self) -> None:
        """Asks the wallet who it is."""
        if not self.is_ready:
            return
        try:
            self.link = self._read()
        except DecodeError as error:
            self.problem = sentence(error)
            self.changed.emit()
            return
        self._ask()

    def trust(self) -> None:
        """The certificate is the one that the node shows: from now on only that one."""
        if isinstance(self.link, ServerLink) and self.fingerprint is not None:
            self.link = replace(self.link, fingerprint=self.fingerprint)
            self.fingerprint = None
            self._ask()

    def allow_old(self) -> None:
        """The old encryption may be spoken, whose weakness was said."""
        if isinstance(self.link, WalletConnectLink) and self.is_old:
            self.link = replace(self.link, allows_nip04=True)
            self.is_old = False
            self._ask()

    def connect_it(self, name: str) -> None:
        """Keeps it under a name, and pays with it from now on."""
        if self.link is not None and self.facts is not None and not self.is_busy:
            self.name = name
            self._start()
            spawn(self._finish(self.link, name), self)

    def _read(self) -> WalletLink:
        if self.form == PASTED:
            return wallet_link(self.text)
        return from_form(WalletKind(self.form), self.address, self.secret)

    def _write_off(self) -> None:
        """What was written is another: what a wallet said belongs to the old."""
        cancel_all(self)
        self.link, self.facts, self.fingerprint = None, None, None
        self.problem, self.is_busy, self.is_brought, self.is_old = "", False, False, False
        self.changed.emit()

    def _start(self) -> None:
        self.is_busy, self.problem = True, ""
        self.changed.emit()

    def _ask(self) -> None:
        if self.link is not None:
            self.facts = None
            self._start()
            spawn(self._look(self.link), self)

    async def _look(self, link: WalletLink) -> None:
        try:
            self.facts = await self._inspect(link)
        except WalletCertificateUnknown as error:
            self.fingerprint = error.fingerprint
        except WalletSpeaksOldEncryption as error:
            self.is_old, self.problem = True, sentence(error)
        except (BackendError, RequestError) as error:
            self.problem = sentence(error)
        self.is_busy = False
        self.changed.emit()

    async def _finish(self, link: WalletLink, name: str) -> None:
        try:
            await self._connect(link, name)
        except (BackendError, RequestError, StorageError) as error:
            self.problem, self.is_busy = sentence(error), False
            self.changed.emit()
            return
        self.clear()
        self.done.emit()


def can_do(facts: WalletFacts) -> list[tuple[bool, str]]:
    """What a wallet can do through its key, and what it cannot, in words."""
    has = facts.capabilities.__contains__
    pays = has(Capability.PAY_INVOICE) and has(Capability.LOOKUP)
    told = [
        (pays, t("Pays tips and invoices") if pays else t("Does not pay: you can only be paid")),
        (
            has(Capability.CREATE_INVOICE),
            t("Takes payments")
            if has(Capability.CREATE_INVOICE)
            else t("Takes no payments through this key"),
        ),
    ]
    if pays:
        told.append(
            (True, t("Keeps to the fee limit that you see"))
            if has(Capability.FEE_LIMIT)
            else (False, t("Decides by itself what a payment may cost in fees"))
        )
        told.append(
            (True, t("Tells the fee before it pays"))
            if has(Capability.QUOTE)
            else (False, t("Tells the fee only afterwards"))
        )
    if has(Capability.CREATE_INVOICE) and not has(Capability.DESCRIPTION_HASH):
        told.append((False, t("Makes no invoices for zaps: people cannot zap your address")))
    if not has(Capability.BALANCE):
        told.append((False, t("Does not tell its balance")))
    if has(Capability.CHANNELS):
        told.append((True, t("Shows its channels")))
    return told
