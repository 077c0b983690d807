"""The pages of the window, each made when it is first wanted."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Final, TypeVar

from PySide6.QtCore import QRect, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget

from tipdesk.base.ids import XOnlyPubkey
from tipdesk.tips.way import Offered
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.window_models import WindowModels
from tipdesk.ui.views.activity import ActivityPage
from tipdesk.ui.views.all_settings import AllSettings
from tipdesk.ui.views.asking import Asking
from tipdesk.ui.views.book import BookPage
from tipdesk.ui.views.channels import ChannelsPage
from tipdesk.ui.views.commands import Command
from tipdesk.ui.views.creator import CreatorPage
from tipdesk.ui.views.feed import FeedPage
from tipdesk.ui.views.history import HistoryPage
from tipdesk.ui.views.messages import MessagesPage
from tipdesk.ui.views.page import Page
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.views.wallet import WalletPage
from tipdesk.ui.widgets.tip_panel import TipPanel

P = TypeVar("P", bound=Page)

REST_MS: Final = 700
"""After the window is there: what the person does first comes first."""
_BETWEEN_MS: Final = 60


class WindowPages(QStackedWidget):
    """The window opens with one page; the others follow one by one while it rests."""

    opened = Signal(object)
    """A `PageName` that a page leads to."""
    front_wanted = Signal()
    conversation_wanted = Signal(bytes)
    send_wanted = Signal(int)
    """Money is to go to somebody of the book of people, a `PersonId`."""
    said = Signal(str, bool)
    """A sentence for the person, and whether it has to be minded."""
    own_profile = Signal(QRect)
    reward = Signal(object, QRect)
    route = Signal(object, QRect)

    def __init__(
        self,
        models: WindowModels,
        images: Images,
        tip_panel: TipPanel,
        commands: Callable[[], Sequence[Command]],
    ) -> None:
        super().__init__()
        self._models, self._images = models, images
        self._tip_panel, self._commands = tip_panel, commands
        self.asking = Asking(models.asks, self)
        self._made: dict[PageName, Page] = {}
        self._waiting = iter(PageName)
        self._rest = QTimer(self)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._make_next)
        self._rest.start()

    def page(self, name: PageName) -> Page:
        """A page, made now if it is not there yet."""
        match name:
            case PageName.FEED:
                return self.feed
            case PageName.TIPS:
                return self.tips
            case PageName.HISTORY:
                return self.history
            case PageName.WALLET:
                return self.wallet
            case PageName.CHANNELS:
                return self.channels
            case PageName.CREATOR:
                return self.creator
            case PageName.MESSAGES:
                return self.messages
            case PageName.PEOPLE:
                return self.people
            case PageName.SETTINGS:
                return self.settings

    @property
    def current(self) -> PageName:
        """Which page is shown."""
        shown = self.currentWidget()
        return next(name for name, page in self._made.items() if page is shown)

    def show_page(self, name: PageName) -> None:
        """Shows a page and gives it the keyboard."""
        page = self.page(name)
        self.setCurrentWidget(page)
        page.take_keyboard()

    def take_keyboard(self) -> None:
        """What lay over the page is closed."""
        self.page(self.current).take_keyboard()

    @cached_property
    def feed(self) -> FeedPage:
        """What people write."""
        models = self._models
        page = FeedPage(
            models.feed,
            models.browse,
            models.tips,
            self._images,
            self._tip_panel,
            models.first_steps,
        )
        return self._keep(PageName.FEED, page)

    @cached_property
    def tips(self) -> ActivityPage:
        """Tips on their way and behind us."""
        page = ActivityPage(self._models.activity, self._models.tips, self._images)
        page.reward.connect(self.reward)
        page.route.connect(self.route)
        return self._keep(PageName.TIPS, page)

    @cached_property
    def history(self) -> HistoryPage:
        """Everything that moved."""
        page = HistoryPage(self._models.history, self._images)
        page.message_wanted.connect(self.conversation_wanted)
        page.send_wanted.connect(self._send_back)
        return self._keep(PageName.HISTORY, page)

    @cached_property
    def wallet(self) -> WalletPage:
        """What is ours."""
        models = self._models
        page = WalletPage(
            models.wallet,
            models.send,
            models.safety,
            models.holdings,
            models.seed_words,
            self._images,
        )
        page.history_wanted.connect(self._show_payments)
        page.channel_wanted.connect(self.open_channel)
        page.reminder.wanted.connect(
            lambda: self.settings.keys.open_words(page.reminder.write_button)
        )
        return self._keep(PageName.WALLET, page)

    @cached_property
    def channels(self) -> ChannelsPage:
        """The room in our channels."""
        return self._keep(PageName.CHANNELS, ChannelsPage(self._models.channels))

    @cached_property
    def creator(self) -> CreatorPage:
        """The creator's desk."""
        page = CreatorPage(self._models.desk, self._images)
        page.reply.connect(self.conversation_wanted)
        page.own_profile.connect(self.own_profile)
        page.provider_wanted.connect(self.open_provider_link)
        return self._keep(PageName.CREATOR, page)

    @cached_property
    def messages(self) -> MessagesPage:
        """Conversations."""
        models = self._models
        page = MessagesPage(
            models.messages, models.message_places, models.new_message, models.asks, self._images
        )
        page.ask_wanted.connect(self.asking.open_for_profile)
        page.refuse_wanted.connect(self.asking.open_refusal)
        return self._keep(PageName.MESSAGES, page)

    @cached_property
    def people(self) -> BookPage:
        """The book of people."""
        page = BookPage(self._models.book, self._models.asks, self._images)
        page.ask_wanted.connect(self.asking.open_for_person)
        page.refuse_wanted.connect(self.asking.open_refusal)
        page.later_wanted.connect(self.asking.open_later)
        page.send_wanted.connect(self.send_wanted)
        page.sent.connect(self.said)
        page.message_wanted.connect(self.conversation_wanted)
        return self._keep(PageName.PEOPLE, page)

    @cached_property
    def settings(self) -> AllSettings:
        """What is set rather than done."""
        page = AllSettings(self._models, self._commands)
        page.history_wanted.connect(lambda: self.opened.emit(PageName.HISTORY))
        page.front_wanted.connect(self.front_wanted)
        return self._keep(PageName.SETTINGS, page)

    def open_channel(self) -> None:
        """Asks with whom, and how large."""
        self.opened.emit(PageName.CHANNELS)
        self.channels.ask_open()

    def open_receive(self) -> None:
        """Asks how much is to be received."""
        self.opened.emit(PageName.WALLET)
        self.wallet.open_receive()

    def open_lock_setting(self) -> None:
        """Where a passphrase of the window is set."""
        self.opened.emit(PageName.SETTINGS)
        self.settings.open_section(self.settings.keys)
        self.settings.keys.set_button.setFocus()

    def open_provider_link(self) -> None:
        """Makes the link with which a provider has this wallet make invoices for tips."""
        self.opened.emit(PageName.SETTINGS)
        self.settings.open_section(self.settings.apps)
        self.settings.apps.open_for_tips()

    def open_wallets(self, link: str = "") -> None:
        """Which wallet pays; with a link, the panel that connects it."""
        self.opened.emit(PageName.SETTINGS)
        self.settings.open_section(self.settings.wallets)
        if link:
            self.settings.wallets.open_with(link)

    def _send_back(self, npub: XOnlyPubkey) -> None:
        self.opened.emit(PageName.PEOPLE)
        self.people.send_back(npub)

    def open_offer(self, offered: Offered) -> None:
        """Sends to whoever made an offer: somebody of the book, or a new entry of it."""
        self.opened.emit(PageName.PEOPLE)
        self.people.open_offer(offered)

    def _show_payments(self) -> None:
        self.opened.emit(PageName.HISTORY)
        self.history.show_payments()

    def _make_next(self) -> None:
        name = next((one for one in self._waiting if one not in self._made), None)
        if name is None:
            self._rest.stop()
            return
        # Slices that nobody feels: a page takes some tens of milliseconds.
        self._rest.setInterval(_BETWEEN_MS)
        self.page(name)

    def _keep(self, name: PageName, page: P) -> P:
        self._made[name] = page
        self.addWidget(page)
        return page
