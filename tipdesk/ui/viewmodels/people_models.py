"""The view models of people, together."""

from dataclasses import dataclass

from PySide6.QtCore import QObject

from tipdesk.nostr.nip19 import Pointer
from tipdesk.services.views import PostView
from tipdesk.ui.viewmodels.base import ViewModel
from tipdesk.ui.viewmodels.facade import AppFacade, Feeds
from tipdesk.ui.viewmodels.own_profile import OwnProfileViewModel
from tipdesk.ui.viewmodels.own_relays import OwnRelaysViewModel
from tipdesk.ui.viewmodels.people import PersonViewModel
from tipdesk.ui.viewmodels.people_following import FollowingViewModel
from tipdesk.ui.viewmodels.people_links import post_of


@dataclass(frozen=True, slots=True)
class PeopleModels:
    """One of each, and the feed that links lead into."""

    person: PersonViewModel
    following: FollowingViewModel
    own_profile: OwnProfileViewModel
    own_relays: OwnRelaysViewModel
    feeds: Feeds

    @classmethod
    def of(cls, app: AppFacade, owner: QObject) -> "PeopleModels":
        """Made over an app."""
        person = PersonViewModel(app, owner)
        return cls(
            person,
            FollowingViewModel(app, person, owner),
            OwnProfileViewModel(app, owner),
            OwnRelaysViewModel(app, owner),
            app.feeds,
        )

    def all(self) -> tuple[ViewModel, ...]:
        """Every one."""
        return (self.person, self.following, self.own_profile, self.own_relays)

    def post_of(self, target: Pointer | str) -> PostView | None:
        """The post that a link leads to, if it is here."""
        return None if isinstance(target, str) else post_of(target, self.feeds)
