"""The thread around the post that is read, and posts that a link leads to."""

from PySide6.QtCore import QObject, Signal

from tipdesk.nostr.nip19 import AddressPointer, EventPointer
from tipdesk.services.events import FeedChanged, MutesChanged, ProfileChanged, ThreadChanged
from tipdesk.services.threads import ThreadView
from tipdesk.services.views import PostView
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel
from tipdesk.ui.viewmodels.facade import AppFacade


class ThreadViewModel(ViewModel):
    """`found` with a post that was looked for, `told` if there is none."""

    found = Signal(object)
    told = Signal(str)

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self._threads = app.reading.threads
        self.view = ThreadView()
        for event in (ThreadChanged, FeedChanged, MutesChanged, ProfileChanged):
            self.listen(event, self.touch)

    @property
    def replies_text(self) -> str:
        """The heading over the replies; it also says why there are none."""
        view = self.view
        if view.count:
            counted = tn(view.count, "{count} reply", "{count} replies")
            return t("{replies}, asking for more …", replies=counted) if view.is_asking else counted
        if view.is_asking:
            return t("Looking for replies …")
        if view.no_answer:
            return t("No relay answered, so replies are not known.")
        return t("No replies on the relays that answered")

    @property
    def above_text(self) -> str:
        """What is said where the beginning of the thread is missing."""
        if not self.view.is_cut:
            return ""
        if self.view.is_asking:
            return t("Looking for what this answers …")
        return t("This answers a post that none of the relays asked has.")

    @property
    def rest(self) -> int:
        """How many replies are known and not shown yet."""
        return self.view.count - len(self.view.replies)

    def open(self, post: PostView) -> None:
        """Reads the thread of a post."""
        self._threads.open(post.post.id)
        self._tell()

    def leave(self) -> None:
        """Nobody reads any more."""
        self._threads.close()
        self.view = ThreadView()

    def show_more(self) -> None:
        """More of the replies."""
        self._threads.show_more()

    def post(self, view: PostView) -> PostView:
        """A post as it is now."""
        return self._app.feeds.post(view.post.id) or view

    def seek(self, pointer: EventPointer | AddressPointer) -> None:
        """Looks for a post on relays."""
        self.told.emit(t("Looking for the post …"))
        spawn(self._seek(pointer), self)

    def refresh(self) -> None:
        """The thread as it is known now."""
        self.view = self._threads.view()

    async def _seek(self, pointer: EventPointer | AddressPointer) -> None:
        event_id = await self._threads.find(pointer)
        view = None if event_id is None else self._app.feeds.post(event_id)
        if view is None:
            self.told.emit(
                t("None of the relays asked has that post, or it is of a kind not shown here.")
            )
        else:
            self.found.emit(view)
