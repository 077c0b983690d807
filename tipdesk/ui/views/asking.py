"""Opens the panels in which money is asked for and refused, over whichever page wants them."""

from PySide6.QtCore import QObject, QRect
from PySide6.QtWidgets import QWidget

from tipdesk.base.units import Msat
from tipdesk.services.people_book import PersonView
from tipdesk.services.views import MessageView, ProfileView
from tipdesk.ui import format as words
from tipdesk.ui.viewmodels.asks import AsksViewModel
from tipdesk.ui.viewmodels.book import name_of
from tipdesk.ui.views.ask_panels import AskPanel, RefusePanel


class Asking(QObject):
    """The panels are made when they are first wanted."""

    def __init__(self, model: AsksViewModel, over: QWidget) -> None:
        super().__init__(over)
        self._model, self._over = model, over
        self.panel: AskPanel | None = None
        self.refusal: RefusePanel | None = None

    def open_for_person(self, view: PersonView, is_promise: bool, anchor: QRect) -> None:  # noqa: FBT001 (a slot)
        """Somebody of the book is asked, or told that they will be sent money."""
        npub = view.person.npub
        if npub is not None:
            usual = view.person.usual_amount if is_promise else None
            self._model.begin(npub, name_of(view), is_promise=is_promise, amount=usual)
            self._open(anchor)

    def open_later(self, view: PersonView, amount: Msat | None, said: str, anchor: QRect) -> None:
        """Somebody of the book could not be paid: they are told that we want to."""
        npub = view.person.npub
        if npub is not None:
            self._model.begin(npub, name_of(view), is_promise=True, amount=amount, words=said)
            self._open(anchor)

    def open_for_profile(self, peer: ProfileView, anchor: QRect) -> None:
        """Whom a conversation is with is asked."""
        self._model.begin(peer.pubkey, words.name(peer.title))
        self._open(anchor)

    def open_refusal(self, view: MessageView, anchor: QRect) -> None:
        """A request is to be refused."""
        if self.refusal is None:
            self.refusal = RefusePanel(self._model, self._over.window())
        self._model.begin_refusing(view)
        self.refusal.open_for(anchor, self._over.window().focusWidget())

    def _open(self, anchor: QRect) -> None:
        if self.panel is None:
            self.panel = AskPanel(self._model, self._over.window())
        self.panel.open_for(anchor, self._over.window().focusWidget())
