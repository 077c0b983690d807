"""Where the window shows people: a panel each for a person, oneself, those followed, a link."""

from functools import cached_property
from typing import TypeVar

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtWidgets import QWidget

from tipdesk.base.ids import XOnlyPubkey
from tipdesk.nostr.nip19 import ProfilePointer
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.linked import Link
from tipdesk.ui.viewmodels.people_models import PeopleModels
from tipdesk.ui.views.following import FollowingPanel
from tipdesk.ui.views.own_profile import OwnProfilePanel
from tipdesk.ui.views.person import PersonPanel
from tipdesk.ui.widgets.link_panel import LinkPanel
from tipdesk.ui.widgets.panel import Popover

P = TypeVar("P", bound=Popover)


class People(QObject):
    """Opens the panels. Each is made when it is wanted first: the window is there sooner.

    `read` with a post that a link leads to, `message` with whom to write to, `told` with a
    sentence.
    """

    read = Signal(object)
    told = Signal(str)
    message = Signal(object)
    seek = Signal(object)
    """A post that is not here is wanted, by its pointer."""
    posts = Signal(object)
    """All that somebody wrote is wanted."""

    def __init__(self, models: PeopleModels, images: Images, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._place = self._place_of_person = QRect()
        self._kept: QWidget | None = None
        self._models = models
        self._images = images
        self._made: list[Popover] = []
        for model in (models.own_profile, models.own_relays):
            model.told.connect(self._told_own)
        models.person.told.connect(self.told)
        models.following.told.connect(self._brought)

    @cached_property
    def person(self) -> PersonPanel:
        """Somebody."""
        panel = PersonPanel(self._models.person, self._images, self._window)
        panel.edit.connect(lambda: self.open_own(self._place_of_person))
        panel.followed.connect(self.open_link)
        panel.message.connect(self.message)
        panel.posts.connect(self.posts)
        return self._keep(panel)

    @cached_property
    def following(self) -> FollowingPanel:
        """Whom one follows."""
        panel = FollowingPanel(self._models.following, self._images, self._window)
        panel.person.connect(self.open_person)
        panel.follow.connect(self._follow)
        return self._keep(panel)

    @cached_property
    def link(self) -> LinkPanel:
        """Where a link leads."""
        panel = LinkPanel(self._window)
        panel.seek.connect(self.seek)
        return self._keep(panel)

    @cached_property
    def own(self) -> OwnProfilePanel:
        """Oneself."""
        models = self._models
        return self._keep(
            OwnProfilePanel(models.own_profile, models.own_relays, self._images, self._window)
        )

    def _keep(self, panel: P) -> P:
        self._made.append(panel)
        return panel

    def open_person(self, pubkey: XOnlyPubkey, anchor: QRect) -> None:
        """Shows somebody at what was pressed."""
        self._place_of_person = anchor
        self.person.open_for(pubkey, _below(anchor, self.person), self._back())

    def open_own(self, anchor: QRect) -> None:
        """Shows one's own profile, to be edited."""
        self.own.open_for(_below(anchor, self.own), self._back())

    def open_following(self, anchor: QRect) -> None:
        """Shows whom one follows."""
        self._place = anchor
        self.following.open_for(anchor, self._back())

    def bring_over(self, anchor: QRect) -> None:
        """Brings over whom one follows elsewhere, and shows what came."""
        self.open_following(anchor)
        self._models.following.bring_over()

    def open_link(self, link: Link, anchor: QRect) -> None:
        """Somebody and a post that is here are shown; all else is shown as a link first."""
        if isinstance(link.target, ProfilePointer):
            self.open_person(link.target.pubkey, anchor)
            return
        post = self._models.post_of(link.target)
        if post is None:
            self.link.open_for(link, _below(anchor, self.link), self._back())
        else:
            self.person.dismiss()
            self.read.emit(post)

    def _follow(self, pubkey: XOnlyPubkey) -> None:
        """From the field: the panel of the person tells what became of it."""
        self.open_person(pubkey, self._place)
        self._models.person.set_follows(wanted=True)

    def _told_own(self, text: str) -> None:
        if self.own.isHidden():
            self.told.emit(text)

    def _brought(self, text: str) -> None:
        if self.following.isHidden():
            self.told.emit(text)

    def _back(self) -> QWidget | None:
        """What gets the keyboard afterwards: what had it before the first of the panels."""
        focused = self._window.focusWidget()
        if not any(focused is not None and panel.isAncestorOf(focused) for panel in self._made):
            self._kept = focused
        return self._kept


def _below(anchor: QRect, panel: Popover) -> QRect:
    """So that a panel begins where what was pressed begins."""
    inner = panel.width() - 2 * panel.margin
    return QRect(anchor.x(), anchor.y(), max(anchor.width(), inner), anchor.height())
