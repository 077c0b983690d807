"""Somebody by what they go by: a key, a link, or a name under a domain, which is asked last."""

from PySide6.QtCore import QObject, Signal

from tipdesk.base.errors import BackendError, DecodeError, RequestError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.nostr.nip05 import Identifier, read_identifier
from tipdesk.nostr.nip19 import ProfilePointer
from tipdesk.nostr.nip21 import read_link
from tipdesk.services.people import Sought
from tipdesk.services.views import ProfileView
from tipdesk.ui.i18n import t
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import sentence
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.said import Said

_MAX_TYPED = 5_100
_KEYS = ("npub1", "nprofile1", "nostr:", "note1", "nevent1", "naddr1", "nsec1")


class PersonSearch(QObject):
    """Reads what is typed. A domain is asked on `look_up`, after `said` told what it learns."""

    changed = Signal()

    def __init__(self, app: AppFacade, parent: QObject) -> None:
        super().__init__(parent)
        self._app = app
        self._typed = ""
        self._asking = 0
        self._found: XOnlyPubkey | None = None
        self.identifier: Identifier | None = None
        """The name that a domain can be asked about."""
        self.said = Said("")
        self.is_asking = False

    @property
    def found(self) -> ProfileView | None:
        """Who it is, as far as known."""
        return None if self._found is None else self._app.feeds.profile(self._found)

    @property
    def names_somebody(self) -> bool:
        """Whether it is a key or a name, and no word to search by."""
        return self._found is not None or self.identifier is not None

    def read(self, text: str) -> None:
        """Reads what was typed; no domain is asked for it yet."""
        self._typed = text.strip()[:_MAX_TYPED]
        self._asking += 1
        self._found, self.identifier, self.is_asking, self.said = None, None, False, Said("")
        if self._typed:
            self._read()
        self.changed.emit()

    def look_up(self) -> None:
        """Asks the domain of the name whose it is."""
        if self.identifier is not None and not self.is_asking:
            self.is_asking = True
            self.said = Said(t("Asking {domain} …", domain=self.identifier.domain))
            spawn(self._look_up(self._typed, self.identifier, self._asking), self)
            self.changed.emit()

    def _read(self) -> None:
        typed = self._typed.lower()
        if typed.startswith(_KEYS):
            self._read_key()
            return
        try:
            name = read_identifier(typed, practice=self._app.status().network == "regtest")
        except DecodeError:
            return  # Then it is a word to search by.
        if "@" in typed or "." in typed:
            self.identifier = name
            self.said = Said(
                t(
                    "To find out whose name that is, TipDesk asks {domain}. They learn whom you "
                    "look for, and your network address unless a proxy keeps it.",
                    domain=name.domain,
                )
            )

    def _read_key(self) -> None:
        try:
            pointer = read_link(self._typed)
        except DecodeError:
            self.said = Said(t("This is no npub or nprofile: a letter is wrong or missing."), "bad")
            return
        if isinstance(pointer, ProfilePointer):
            self._take(pointer.pubkey)
        else:
            self.said = Said(t("This is a post, not a person. Paste an npub or a name."), "bad")

    def _take(self, pubkey: XOnlyPubkey) -> None:
        self._found = pubkey
        if self._app.people.sought(pubkey) is not Sought.FOUND:
            self._app.people.ask_about(pubkey)

    async def _look_up(self, typed: str, name: Identifier, asking: int) -> None:
        person: XOnlyPubkey | None = None
        try:
            person = (await self._app.names.find(typed)).pubkey
        except (DecodeError, RequestError):
            said = Said(t("{domain} knows nobody of that name.", domain=name.domain), "bad")
        except BackendError as error:
            said = Said(
                t("{domain} could not be asked. {why}", domain=name.domain, why=sentence(error)),
                "bad",
            )
        else:
            said = Said(
                t(
                    "{domain} says that {shown} is this person.",
                    domain=name.domain,
                    shown=name.shown,
                ),
                "good",
            )
        if asking == self._asking:
            if person is not None:
                self._take(person)
            self.said, self.is_asking = said, False
            self.changed.emit()
