"""One's own public list of relays (NIP-65): where one writes, and where one reads."""

from collections.abc import Awaitable, Callable

from PySide6.QtCore import QObject, Signal

from tipdesk.base.errors import BackendError, DecodeError, RequestError
from tipdesk.base.phrase import Phrase
from tipdesk.nostr.nip65 import MAX_RELAYS, RelayList, RelayUse
from tipdesk.nostr.relay_url import normalised
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.own_profile import Own, why_away
from tipdesk.ui.viewmodels.said import Said

_NEITHER = Phrase(
    "A relay that you neither write to nor read is no use in the list: drop it instead."
)
_BUSY = Phrase("One change at a time: the one before is on its way to the relays.")
_FULL = Phrase("Other apps read {most} relays of a list at most. Drop one first.", most=MAX_RELAYS)

Change = Callable[[], Awaitable[RelayList]]


class OwnRelaysViewModel(ViewModel):
    """One change at a time; `said` is what became of the last. `told` when one ended."""

    told = Signal(str)

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self.state = Own.ASKING
        self.problem = ""
        """Why nothing can be changed."""
        self.relays: tuple[RelayUse, ...] = ()
        self.is_busy = False
        self.said = Said("")

    def lists(self, text: str) -> bool:
        """Whether what is typed is a relay of the list."""
        return _url(text) in {normalised(use.url) for use in self.relays}

    def look(self) -> None:
        """Asks the relays for the latest list: it may have been changed elsewhere."""
        if not self.is_busy:
            self.state, self.problem, self.said = Own.ASKING, "", Said("")
            spawn(self._look(), self)
            self.changed.emit()

    def set_use(self, use: RelayUse) -> None:
        """Another use of one that is in the list."""
        if not use.reads and not use.writes:
            self._say(Said(say(_NEITHER), "bad"))
        else:
            done = _done(use, words.address(use.url))
            self._change(lambda: self._app.relay_lists.use_relay(use), done)

    def add(self, text: str) -> None:
        """One more, for reading and for writing."""
        url = _url(text)
        if self.lists(text):
            self._say(Said(t("It is in the list already."), "bad"))
        elif len(self.relays) >= MAX_RELAYS:
            self._say(Said(say(_FULL), "bad"))
        else:
            done = t("Published: you write to and read {url}.", url=words.address(url))
            self._change(lambda: self._app.relay_lists.use_relay(RelayUse(url)), done)

    def drop(self, url: str) -> None:
        """One less."""
        done = t("Published: {url} is in your list no more.", url=words.address(url))
        self._change(lambda: self._app.relay_lists.drop_relay(url), done)

    def _change(self, change: Change, done: str) -> None:
        if self.is_busy:
            self._say(Said(say(_BUSY)))
            return
        self.is_busy = True
        spawn(self._do(change, done), self)
        self._say(Said(t("Telling your relays …")))

    def _say(self, said: Said) -> None:
        self.said = said
        self.changed.emit()

    async def _look(self) -> None:
        try:
            found = await self._app.relay_lists.newest_own()
        except (BackendError, RequestError) as error:
            self.state, self.problem = (
                Own.AWAY,
                why_away(error, is_profile=False),
            )
        else:
            self.state = Own.THERE
            self.relays = () if found is None else found.relays
        self.changed.emit()

    async def _do(self, change: Change, done: str) -> None:
        try:
            self.relays = (await change()).relays
        except (BackendError, RequestError) as error:
            said = Said(words.line(t("Not changed. {why}", why=sentence(error))), "bad")
        except DecodeError as error:
            said = Said(words.line(sentence(error)), "bad")
        else:
            said = Said(done, "good")
        finally:
            self.is_busy = False
        self.told.emit(said.text)
        self._say(said)


def _url(text: str) -> str:
    text = text.strip()
    return normalised(text if "://" in text else f"wss://{text}")


def _done(use: RelayUse, url: str) -> str:
    if use.reads and use.writes:
        return t("Published: you write to and read {url}.", url=url)
    if use.reads:
        return t("Published: you read {url}.", url=url)
    return t("Published: you write to {url}.", url=url)
