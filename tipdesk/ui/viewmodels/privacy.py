"""The settings of reading: pictures, covers, search relays, and what is muted."""

from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal

from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.nostr.nip51 import MAX_WORD, Mute, MuteKind, read_mute
from tipdesk.services.events import MutesChanged, ProfileChanged
from tipdesk.services.mutes import Muted
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.editor_pictures import media_words
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.said import Said


class PrivacyViewModel(ViewModel):
    """`told` with what became of a mute that was made elsewhere in the window."""

    told = Signal(str)

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self._keeper = app.preferences
        self._mutes = app.reading.mutes
        self._search = app.reading.search_relays
        self.said_of_relays = Said("")
        self.said_of_mutes = Said("")
        self.said_of_media = Said("")
        self.said_of_names = Said("")
        self._subscriptions.append(self._keeper.listen(self.touch))
        for event in (MutesChanged, ProfileChanged):
            self.listen(event, self.touch)

    @property
    def pictures(self) -> str:
        """``nobody``, ``follows`` or ``everybody``."""
        return self._keeper.now.pictures

    @property
    def media_server(self) -> str:
        """Where our own pictures are uploaded to; empty: nowhere."""
        return self._app.writing.pictures.server

    @property
    def media_words(self) -> str:
        """What that means."""
        return media_words(self.media_server)

    @property
    def name_server(self) -> str:
        """Who is asked for payment names; empty: nobody."""
        return self._app.payment_names.server.now

    @property
    def covers(self) -> bool:
        """Whether what its author covers stays covered until it is asked for."""
        return self._keeper.now.cover_sensitive

    @property
    def search_relays(self) -> tuple[str, ...]:
        """Relays added to search at."""
        return self._search.named()

    @property
    def muted(self) -> tuple[Muted, ...]:
        """Everything muted, the latest first."""
        return tuple(reversed(self._mutes.all()))

    def set_pictures(self, who: str) -> None:
        """Whose servers may be asked for pictures."""
        self._keeper.change(pictures=who)

    def use_media_server(self, text: str) -> None:
        """Another media server for our own pictures, none if empty."""
        try:
            self._app.writing.pictures.use_server(text)
        except RequestError as error:
            self.said_of_media = Said(sentence(error), "bad")
        else:
            self.said_of_media = Said("")
        self.changed.emit()

    def use_name_server(self, text: str) -> None:
        """Asks another one for payment names, the usual one if empty."""
        try:
            self._app.payment_names.server.use(text)
        except RequestError as error:
            self.said_of_names = Said(sentence(error), "bad")
        else:
            self.said_of_names = Said(t("Payment names are looked up there from now on."), "good")
        self.changed.emit()

    def set_covers(self, *, on: bool) -> None:
        """Whether covers stay until they are lifted."""
        self._keeper.change(cover_sensitive=on)

    def name_of(self, mute: Mute) -> str:
        """What is muted, in words."""
        match mute.kind:
            case MuteKind.PERSON:
                profile = self._app.feeds.profile(XOnlyPubkey.from_hex(mute.value))
                return words.name(profile.title)
            case MuteKind.HASHTAG:
                return f"#{words.name(mute.value)}"
            case MuteKind.THREAD:
                return t("A thread ({start}…)", start=mute.value[:8])
            case MuteKind.WORD:
                return t("“{word}”", word=words.name(mute.value))

    def add_search_relay(self, text: str) -> bool:
        """Asks one more relay; whether it was taken."""
        try:
            self._search.add(text)
        except RequestError as error:
            self.said_of_relays = Said(sentence(error), "bad")
        else:
            self.said_of_relays = Said(t("What you search for is told to this relay too."), "good")
        self.changed.emit()
        return self.said_of_relays.tone != "bad"

    def drop_search_relay(self, url: str) -> None:
        """Does not ask it any more."""
        self._search.drop(url)
        self.said_of_relays = Said("")
        self.changed.emit()

    def mute_typed(self, text: str) -> bool:
        """A word, or a hashtag by its sign; whether there was anything to mute."""
        typed = text.strip()[:MAX_WORD]
        mute = read_mute(("t" if typed.startswith("#") else "word", typed))
        if mute is None:
            return False
        self.mute(mute)
        return True

    def is_muted(self, mute: Mute) -> bool:
        """Whether that is muted."""
        return self._mutes.is_muted(mute)

    def mute(self, mute: Mute) -> None:
        """Here at once, and privately in the shared list."""
        name = self.name_of(mute)
        done = t("{name} is muted. Tips and alerts go on as before.", name=name)
        spawn(self._change(self._mutes.mute(mute), done), self)

    def unmute(self, mute: Mute) -> None:
        """Shown again."""
        done = t("{name} is shown again.", name=self.name_of(mute))
        spawn(self._change(self._mutes.unmute(mute), done), self)

    async def _change(self, change: Coroutine[Any, Any, str], done: str) -> None:
        try:
            problem = await change
        except (RequestError, BackendError) as error:
            self.said_of_mutes = Said(sentence(error), "bad")
        else:
            said = f"{done} {say(problem)}" if problem else done
            self.said_of_mutes = Said(said, "bad" if problem else "good")
        self.told.emit(self.said_of_mutes.text)
        self.changed.emit()
