"""The frame: navigation, the page that is open, notices and tips below it; nothing else."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.nostr.nip21 import pointer_in
from tipdesk.services.payment_asks import AskToPay
from tipdesk.services.selection import OfPerson
from tipdesk.services.views import IncomingTip
from tipdesk.tips.any_link import is_wallet_link
from tipdesk.tips.person import PersonId
from tipdesk.ui import format as words
from tipdesk.ui.clipboard import forget_secret
from tipdesk.ui.i18n import spoken, t
from tipdesk.ui.loop import cancel_all
from tipdesk.ui.viewmodels.base import sentence
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.first_steps import Step
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.linked import Link
from tipdesk.ui.viewmodels.picture_policy import PicturePolicy
from tipdesk.ui.viewmodels.window_models import WindowModels
from tipdesk.ui.views.commands import Command, bind
from tipdesk.ui.views.editor import Editor
from tipdesk.ui.views.first_sats import FirstSatsPanel
from tipdesk.ui.views.leaving import LeavingCover
from tipdesk.ui.views.lock import WindowLock
from tipdesk.ui.views.palette import Palette
from tipdesk.ui.views.people import People
from tipdesk.ui.views.post_menus import PostMenus
from tipdesk.ui.views.rail import PageName, Rail
from tipdesk.ui.views.rail_state import RailState
from tipdesk.ui.views.reader import Reader
from tipdesk.ui.views.tip_panels import TipPanels
from tipdesk.ui.views.veil import WindowVeil
from tipdesk.ui.views.viewer import Viewer
from tipdesk.ui.views.window_commands import PALETTE, WindowCommands
from tipdesk.ui.views.window_pages import WindowPages
from tipdesk.ui.widgets.panel import dismiss_popovers
from tipdesk.ui.widgets.tip_panel import TipPanel
from tipdesk.ui.widgets.tip_tray import TipTray
from tipdesk.ui.widgets.toast import Toast

SMALLEST = (960, 640)
_FIRST = (1_240, 820)


class MainWindow(QWidget):
    """All pages. `closed` when the person closed it, `front_wanted` for another profile."""

    closed = Signal()
    front_wanted = Signal()
    anew_wanted = Signal()
    """The language is another one: what is on the screen was said in the old one."""

    def __init__(self, app: AppFacade) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowTitle("TipDesk")
        self.setMinimumSize(*SMALLEST)
        self.resize(*_FIRST)
        self.images = Images(app.images, app.clock, self, policy=PicturePolicy(app))
        self.models = WindowModels.of(app, self)
        self.tip_panel = TipPanel(self.models.draft, self.images, self)
        self.rail = Rail(self.images)
        self.commands = WindowCommands(self)
        self.pages = WindowPages(self.models, self.images, self.tip_panel, self.commands.bound)
        self.toast = Toast()
        self.tray = TipTray(self.models.tips)
        self._lay_out()
        self.reader = Reader(
            self.models.feed, self.models.thread, self.models.tips, self.images, self.pages
        )
        self.editor = Editor(
            self.models.editor, self.models.feed, self.models.tips, self.images, self.pages
        )
        self.menus = PostMenus(self.models, self.images, self.editor, self)
        self.people = People(self.models.people, self.images, self)
        self.of_tip = TipPanels(self.models, self.images, self.pages, self.tray, self)
        self.viewer = Viewer(self.models.tips, self.images, self)
        self.lock = WindowLock(self.models.lock, self, self.toast)
        self.leaving = LeavingCover(self.models.leaving, self)
        self._is_ended = False
        self.models.leaving.ended.connect(self._end)
        self.rail_state = RailState(self.models, self.rail, self)
        self.first_sats = FirstSatsPanel(self)
        self.palette_panel = Palette(self, self.commands.found)
        self.veil = WindowVeil(self.models, self, self.rail, self.toast)
        self._connect_rail()
        self._connect_pages()
        self._connect_reading()
        self._connect_notices()
        bind((*self.commands.bound(), Command(PALETTE, self.open_palette, PALETTE)), self)
        self.open_page(PageName.FEED)
        self.lock.follow()

    def _lay_out(self) -> None:
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        body = QWidget()
        whole.addWidget(body)
        layout = QHBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.rail)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.pages, 1)
        right.addWidget(self.toast, 0, Qt.AlignmentFlag.AlignHCenter)
        right.addWidget(self.tray)
        layout.addLayout(right, 1)

    @property
    def page(self) -> PageName:
        """Which page is open."""
        return self.pages.current

    def open_page(self, name: PageName) -> None:
        """Shows a page and gives it the keyboard."""
        dismiss_popovers(self)
        self.viewer.hide()
        self.reader.hide()
        self.editor.dismiss()
        self.pages.show_page(name)
        self.rail.show_page(name)
        if name is PageName.CREATOR:
            self.rail_state.seen()

    def open_conversation(self, pubkey: XOnlyPubkey) -> None:
        """The conversation with somebody, ready to be written in."""
        self.open_page(PageName.MESSAGES)
        self.pages.messages.open_conversation(pubkey)

    def send_to(self, person_id: int) -> None:
        """Money for somebody of the book of people: the panel that sends, with their way in it."""
        text = self.models.book.book.pay_text(PersonId(person_id))
        self.open_page(PageName.WALLET)
        self.pages.wallet.open_send_with(text)

    def pay_ask(self, ask: AskToPay) -> None:
        """A request that the person pressed to pay: where it can be sent, with it in it."""
        if ask.is_offer:
            self.open_page(PageName.PEOPLE)
            self.pages.people.pay_ask(ask)
            return
        self.open_page(PageName.WALLET)
        self.pages.wallet.open_send_with(ask.payable)

    def open_posts(self, pubkey: XOnlyPubkey) -> None:
        """All that can be read of somebody."""
        self.open_page(PageName.FEED)
        self.models.browse.choose(OfPerson(pubkey))

    def open_link(self, text: str) -> None:
        """A link from outside: people and posts are shown, a wallet is connected once the person
        says so, all else opens the panel that sends.
        """
        pointer = pointer_in(text)
        if is_wallet_link(text):
            self.pages.open_wallets(text.strip())
        elif pointer is not None:
            middle = QRect(self.rect().center(), QSize(1, 1))
            self.people.open_link(Link(0, len(text), pointer, text.strip()), middle)
        else:
            self.open_page(PageName.WALLET)
            self.pages.wallet.open_send_with(text.strip())

    def open_first_sats(self) -> None:
        """Where sats come from."""
        self.first_sats.begin(self.focusWidget())

    def open_palette(self) -> None:
        """Every command, to be searched."""
        self.palette_panel.begin(self.commands.all())

    def quit(self) -> None:
        """Ends the program, in order; asked a second time, at once."""
        if self.models.leaving.quit_asked():
            self._end()

    def say_error(self, error: BaseException) -> None:
        """Where the errors of spawned coroutines go: a sentence in the window."""
        if isinstance(error, RequestError | BackendError):
            self._notice(sentence(error), serious=False)
        else:
            kind = type(error).__name__
            self._notice(
                t("Something went wrong in TipDesk itself ({kind}).", kind=kind), serious=True
            )

    def stop(self) -> None:
        """Hears nothing more and cancels what is under way; before the app stops."""
        forget_secret()
        for model in self.models.all():
            model.close()
            cancel_all(model)
        cancel_all(self.images)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tells that it was closed; with something under way, or a tray, it is not yet."""
        if self._is_ended or self.models.leaving.close_asked():
            event.accept()
            self.closed.emit()
        else:
            event.ignore()

    def _end(self) -> None:
        self._is_ended = True
        if not self.close():
            self.closed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The sheet keeps its place."""
        super().resizeEvent(event)
        self.reader.place()
        self.editor.place()
        self.viewer.setGeometry(self.rect())

    def changeEvent(self, event: QEvent) -> None:
        """Coming back to the window tells the times anew."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            for model in self.models.all():
                model.touch()

    def _connect_rail(self) -> None:
        models = self.models
        self.rail.chosen.connect(self.open_page)
        self.rail.theme_wanted.connect(models.appearance.set_theme)
        self.rail.own_profile.connect(self._open_own)
        self.rail.lock.clicked.connect(self.lock_up)
        models.creator.landed.connect(self._landed)
        language = spoken()
        models.appearance.changed.connect(
            lambda: self.anew_wanted.emit() if spoken() != language else None
        )

    def _connect_pages(self) -> None:
        pages = self.pages
        pages.opened.connect(self.open_page)
        pages.front_wanted.connect(self.front_wanted)
        pages.conversation_wanted.connect(self.open_conversation)
        pages.send_wanted.connect(self.send_to)
        pages.said.connect(self._notice)
        self.models.asks.pay.connect(self.pay_ask)
        pages.own_profile.connect(self.people.open_own)
        pages.feed.first_steps.taken.connect(self._take_step)
        self.first_sats.receive_wanted.connect(pages.open_receive)
        self.tray.more.connect(lambda: self.open_page(PageName.TIPS))

    def _connect_reading(self) -> None:
        models, feed, reader, people = self.models, self.pages.feed, self.reader, self.people
        feed.read_on.connect(reader.open_for)
        feed.write.connect(self.editor.write)
        feed.menu.connect(self.menus.open_for)
        feed.following.connect(people.open_following)
        feed.bring_over.connect(people.bring_over)
        reader.reply.connect(self.editor.answer)
        reader.closed.connect(self.pages.take_keyboard)
        for own_amount in (reader.own_amount, self.viewer.own_amount):
            own_amount.connect(feed.ask_amount)
        for part in (feed, reader):
            part.look.connect(self.viewer.open_for)
            part.person.connect(people.open_person)
            part.followed.connect(people.open_link)
        people.read.connect(reader.open_for)
        people.message.connect(self.open_conversation)
        people.posts.connect(self.open_posts)
        people.seek.connect(models.thread.seek)
        models.people.following.changed.connect(models.feed.touch)
        models.tips.asked.connect(feed.ask_again)

    def _connect_notices(self) -> None:
        models = self.models
        for told in (
            models.editor.told,
            models.privacy.told,
            models.thread.told,
            models.tips.refused,
            models.wallet.paid,
            models.history.told,
            models.channels.told,
            models.messages.arrived,
            models.book.book.told,
            models.asks.told,
            self.people.told,
        ):
            told.connect(lambda text: self._notice(text, serious=False))
        models.status.noticed.connect(self._notice)
        models.send.done.connect(self._notice)
        models.send.wallet_wanted.connect(self.pages.open_wallets)
        models.send.offer_wanted.connect(self.pages.open_offer)

    def _take_step(self, step: Step) -> None:
        match step:
            case Step.SATS:
                self.open_first_sats()
            case Step.CHANNEL:
                self.pages.open_channel()
            case Step.FOLLOW:
                self.people.open_following(self.pages.feed.first_steps.rect())
            case Step.TIP:
                self.pages.feed.list.setFocus()

    def _open_own(self, button: QRect) -> None:
        # Beside the rail, so that what is edited does not cover whom one is on it.
        self.people.open_own(QRect(self.rail.width(), button.bottom(), 1, 1))

    def lock_up(self) -> None:
        """Locks the window, or leads to where a lock is set."""
        if self.models.lock.is_set:
            self.models.lock.lock()
        else:
            self.pages.open_lock_setting()

    def _notice(self, text: str, serious: bool) -> None:  # noqa: FBT001
        self.lock.say(text, serious=serious)

    def _landed(self, tip: IncomingTip) -> None:
        if self.page is PageName.CREATOR and self.isVisible():
            return
        self.rail_state.landed()
        who = t("Somebody") if tip.sender is None else words.name(tip.sender.title)
        self._notice(t("{who} tipped you {amount}.", who=who, amount=tip.amount), serious=False)
