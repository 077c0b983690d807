"""The feed: thousands of posts by id, each read from the service only when it is shown."""

from bisect import bisect_left, insort

from PySide6.QtCore import QModelIndex, QObject

from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.services.events import (
    FeedChanged,
    IncomingTipSeen,
    MutesChanged,
    PostingChanged,
    ProfileChanged,
    SelectionChanged,
    TipChanged,
)
from tipdesk.services.views import PostView, ProfileView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.viewmodels.base import ViewModel
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.linked import Linked
from tipdesk.ui.viewmodels.people_links import read_links
from tipdesk.ui.viewmodels.posting_words import mark
from tipdesk.ui.viewmodels.rows import Index, ListModel

_Key = tuple[int, EventId]
_MAX_UNCOVERED = 2_000
_MANY = 64
"""From so many new posts on, the list is told anew instead of row by row."""


class FeedModel(ListModel):
    """Posts newest first. Holds ids only; what a row shows is asked for when it is shown."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._feeds = app.feeds
        self._browse = app.reading.browse
        self._keys: list[_Key] = []
        self._places: dict[EventId, _Key] = {}

    def rowCount(self, parent: Index | None = None) -> int:
        """How many posts."""
        return len(self._keys)

    def view(self, row: int) -> PostView | None:
        """The post of a row; None if it went away this moment."""
        return self._feeds.post(self._keys[row][1])

    def words(self, row: int) -> str:
        """Author and beginning of the text."""
        view = self.view(row)
        return "" if view is None else f"{view.author.title}: {words.line(view.post.text)}"

    def load(self) -> None:
        """Reads the whole list."""
        self.beginResetModel()
        self._keys = self._browse.order()
        self._places = {key[1]: key for key in self._keys}
        self.endResetModel()

    def take(self, added: set[EventId], changed: set[EventId]) -> None:
        """Posts came, changed, or went."""
        if len(added) > _MANY:
            self.load()
            return
        for event_id in added | changed:
            view = self._feeds.post(event_id) if self._browse.holds(event_id) else None
            row = self.row_of(event_id)
            if view is None and row is not None:
                self._remove(row)
            elif view is not None and row is None:
                self._insert((-view.post.created_at, event_id))
            elif row is not None:
                self.tell_row(row)

    def canFetchMore(self, parent: Index) -> bool:
        """Whether relays may have older posts of what is shown."""
        standing = self._browse.standing
        return standing.has_older and not standing.is_asking

    def fetchMore(self, parent: Index) -> None:
        """Asks for them."""
        self._browse.ask_older()

    def row_of(self, event_id: EventId) -> int | None:
        """Where a post stands."""
        key = self._places.get(event_id)
        return None if key is None else bisect_left(self._keys, key)

    def tell_all(self) -> None:
        """Something that many rows show is another."""
        if self._keys:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._keys) - 1, 0))

    def _insert(self, key: _Key) -> None:
        row = bisect_left(self._keys, key)
        self.beginInsertRows(QModelIndex(), row, row)
        insort(self._keys, key)
        self._places[key[1]] = key
        self.endInsertRows()

    def _remove(self, row: int) -> None:
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._places[self._keys.pop(row)[1]]
        self.endRemoveRows()


class FeedViewModel(ViewModel):
    """The feed page: the list, and whom one follows."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self.posts = FeedModel(app, self)
        self._added: set[EventId] = set()
        self._changed: set[EventId] = set()
        self._tell_everything = False
        self._uncovered: dict[EventId, None] = {}
        self._subscriptions.append(app.preferences.listen(self._preferences_changed))
        self.listen(FeedChanged, self._feed_changed)
        self.listen(ProfileChanged, self._profile_changed)
        self.listen(TipChanged, self._tip_changed)
        self.listen(IncomingTipSeen, self.touch)
        self._selection = app.reading.browse.selection
        self.listen(SelectionChanged, self._selection_changed)
        self.listen(MutesChanged, self._mutes_changed)
        self.listen(PostingChanged, self._posting_changed)
        self.posts.load()

    @property
    def following(self) -> tuple[ProfileView, ...]:
        """Whom this profile follows, by name."""
        people = (self._app.feeds.profile(XOnlyPubkey(key)) for key in self._app.feeds.follows())
        return tuple(sorted(people, key=lambda profile: profile.title.casefold()))

    @property
    def pending(self) -> frozenset[XOnlyPubkey]:
        """Whose follow is not public yet."""
        return frozenset(self._app.follows.pending())

    def linked(self, text: str) -> Linked:
        """A text that is safe to show, with its links."""
        return read_links(text, self._app.feeds)

    def standing(self, view: PostView) -> tuple[str, str]:
        """What is to be known of a post of ours until a relay took it, and its tone."""
        if view.author.pubkey != self._app.writing.pubkey:
            return "", "calm"
        return mark(self._app.writing.posting(view.post.id))

    def is_covered(self, view: PostView) -> bool:
        """Whether its author covers it and nobody lifted the cover."""
        covers = self._app.preferences.now.cover_sensitive
        return covers and view.post.warning is not None and view.post.id not in self._uncovered

    def cover_words(self, view: PostView) -> str:
        """What is said in place of a covered post."""
        reason = words.line(view.post.warning or "")
        if reason:
            return t("Covered by its author: {reason}", reason=reason)
        return t("Covered by its author, without a reason")

    def uncover(self, view: PostView) -> None:
        """Shows this post, until TipDesk closes."""
        self._uncovered[view.post.id] = None
        if len(self._uncovered) > _MAX_UNCOVERED:
            del self._uncovered[next(iter(self._uncovered))]
        row = self.posts.row_of(view.post.id)
        if row is not None:
            self.posts.tell_row(row)

    @property
    def now(self) -> Instant:
        """The time, for ages."""
        return self._app.clock.now()

    def refresh(self) -> None:
        """Hands what came since the last turn to the list."""
        added, changed = self._added, self._changed
        self._added, self._changed = set(), set()
        self.posts.take(added, changed)
        if self._tell_everything:
            self._tell_everything = False
            self.posts.tell_all()

    def _feed_changed(self, event: FeedChanged) -> None:
        self._added |= set(event.added)
        self._changed |= event.changed
        self.touch()

    def _selection_changed(self, _event: SelectionChanged) -> None:
        selection = self._app.reading.browse.selection
        if selection != self._selection:
            self._selection = selection
            self.posts.load()
        self.touch()

    def _preferences_changed(self) -> None:
        self._tell_everything = True
        self.touch()

    def _posting_changed(self, event: PostingChanged) -> None:
        self._changed.add(event.event_id)
        self.touch()

    def _mutes_changed(self, _event: MutesChanged) -> None:
        self.posts.load()
        self.touch()

    def _profile_changed(self, _event: ProfileChanged) -> None:
        self._tell_everything = True
        self.touch()

    def _tip_changed(self, event: TipChanged) -> None:
        tip = self._app.tips.tip(event.tip_id)
        if tip is not None and tip.target_event is not None:
            self._changed.add(tip.target_event)
            self.touch()
