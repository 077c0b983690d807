"""Whose servers may be asked for pictures: who holds one learns our address, and when we look."""

from typing import Final

from tipdesk.base.ids import XOnlyPubkey
from tipdesk.ports.pictures import LOCAL_PICTURE
from tipdesk.ui.viewmodels.facade import AppFacade

NOBODY: Final = "nobody"
FOLLOWS: Final = "follows"
EVERYBODY: Final = "everybody"
_MOST_SHOWN: Final = 2_000


class PicturePolicy:
    """What is set, and what the person asked for since TipDesk was started."""

    def __init__(self, app: AppFacade) -> None:
        self._app = app
        self._pictures: dict[str, None] = {}
        self._people: set[XOnlyPubkey] = set()

    def allows(self, url: str, author: XOnlyPubkey | None) -> bool:
        """Whether the server of a picture may be asked; `author` is who points to it."""
        if url.startswith(LOCAL_PICTURE) or url in self._pictures:
            return True
        wanted = self._app.preferences.now.pictures
        if wanted == EVERYBODY:
            return True
        if author is None or author in self._people:
            return author is not None
        return wanted == FOLLOWS and self._app.feeds.is_ours(author)

    def show(self, urls: tuple[str, ...]) -> None:
        """These were asked for."""
        self._pictures |= dict.fromkeys(urls)
        while len(self._pictures) > _MOST_SHOWN:
            del self._pictures[next(iter(self._pictures))]

    def show_person(self, pubkey: XOnlyPubkey) -> None:
        """All of somebody's, until TipDesk ends."""
        self._people.add(pubkey)
