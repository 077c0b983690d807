"""By which name the person knows whoever is behind a key or a payment."""

from collections.abc import Callable

from tipdesk.base.ids import PaymentHash, XOnlyPubkey
from tipdesk.services.people_book import PeopleBook
from tipdesk.services.views import ProfileView
from tipdesk.tips.timeline import Line

Profile = Callable[[XOnlyPubkey], ProfileView]


class Companions:
    """The names of the book come first. They are the person's own: nobody else is shown them."""

    def __init__(
        self,
        *,
        book: PeopleBook,
        profile: Profile,
        sender: Callable[[PaymentHash], ProfileView | None],
    ) -> None:
        self._book = book
        self._profile = profile
        self._sender = sender

    def profile(self, pubkey: XOnlyPubkey) -> ProfileView:
        """Somebody, by the name that the person gave them if there is one."""
        return self._book.named(self._profile(pubkey))

    def name(self, line: Line) -> str:
        """Whom a line is with; empty if that is not known.

        A payment that came is from whoever proved it, and from nobody else: whom it was asked of
        may have had another pay it.
        """
        if line.person is not None:
            return self.profile(line.person).title
        if line.payment_hash is None:
            return ""
        if line.kind.is_received:
            sender = self._sender(line.payment_hash)
            return "" if sender is None else sender.title
        return self._book.title_with_payment(line.payment_hash)
