"""The view models of the main window, together."""

from dataclasses import dataclass

from PySide6.QtCore import QObject

from tipdesk.ui.viewmodels.activity import ActivityViewModel
from tipdesk.ui.viewmodels.appearance import AppearanceViewModel
from tipdesk.ui.viewmodels.asks import AsksViewModel
from tipdesk.ui.viewmodels.backups import BackupsViewModel
from tipdesk.ui.viewmodels.base import ViewModel
from tipdesk.ui.viewmodels.book_models import BookModels
from tipdesk.ui.viewmodels.browse import BrowseViewModel
from tipdesk.ui.viewmodels.channels import ChannelsViewModel
from tipdesk.ui.viewmodels.connections import ConnectionsViewModel
from tipdesk.ui.viewmodels.creator import CreatorViewModel
from tipdesk.ui.viewmodels.desk import DeskModels
from tipdesk.ui.viewmodels.desktop import DesktopViewModel
from tipdesk.ui.viewmodels.editor import EditorViewModel
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.feed import FeedViewModel
from tipdesk.ui.viewmodels.first_steps import FirstStepsViewModel
from tipdesk.ui.viewmodels.help import HelpViewModel
from tipdesk.ui.viewmodels.history import HistoryViewModel
from tipdesk.ui.viewmodels.holdings import HoldingsViewModel
from tipdesk.ui.viewmodels.leaving import LeavingViewModel
from tipdesk.ui.viewmodels.lock import LockSettingViewModel, LockViewModel
from tipdesk.ui.viewmodels.messages import MessagesViewModel
from tipdesk.ui.viewmodels.messages_new import NewMessageViewModel
from tipdesk.ui.viewmodels.messages_places import MessagePlacesViewModel
from tipdesk.ui.viewmodels.nostr_key import NostrKeyViewModel
from tipdesk.ui.viewmodels.people_models import PeopleModels
from tipdesk.ui.viewmodels.privacy import PrivacyViewModel
from tipdesk.ui.viewmodels.profiles import ProfilesViewModel
from tipdesk.ui.viewmodels.proxy import ProxyViewModel
from tipdesk.ui.viewmodels.safety import SafetyViewModel
from tipdesk.ui.viewmodels.secrets import SecretsViewModel
from tipdesk.ui.viewmodels.seed_words import SeedWordsViewModel
from tipdesk.ui.viewmodels.send import SendViewModel
from tipdesk.ui.viewmodels.status import StatusViewModel
from tipdesk.ui.viewmodels.thread import ThreadViewModel
from tipdesk.ui.viewmodels.tip import TipViewModel
from tipdesk.ui.viewmodels.tip_draft import TipDraft
from tipdesk.ui.viewmodels.veil import VeilViewModel
from tipdesk.ui.viewmodels.wallet import WalletViewModel
from tipdesk.ui.viewmodels.wallets import WalletsViewModel


@dataclass(slots=True)
class WindowModels:
    """One of each."""

    appearance: AppearanceViewModel
    first_steps: FirstStepsViewModel
    lock: LockViewModel
    lock_setting: LockSettingViewModel
    seed_words: SeedWordsViewModel
    nostr_key: NostrKeyViewModel
    secrets: SecretsViewModel
    profiles: ProfilesViewModel
    help: HelpViewModel
    veil: VeilViewModel
    desktop: DesktopViewModel
    leaving: LeavingViewModel
    feed: FeedViewModel
    browse: BrowseViewModel
    thread: ThreadViewModel
    editor: EditorViewModel
    privacy: PrivacyViewModel
    proxy: ProxyViewModel
    tips: TipViewModel
    activity: ActivityViewModel
    wallet: WalletViewModel
    wallets: WalletsViewModel
    connections: ConnectionsViewModel
    holdings: HoldingsViewModel
    backups: BackupsViewModel
    channels: ChannelsViewModel
    desk: DeskModels
    status: StatusViewModel
    draft: TipDraft
    send: SendViewModel
    history: HistoryViewModel
    safety: SafetyViewModel
    people: PeopleModels
    book: BookModels
    asks: AsksViewModel
    messages: MessagesViewModel
    message_places: MessagePlacesViewModel
    new_message: NewMessageViewModel

    @classmethod
    def of(cls, app: AppFacade, owner: QObject) -> "WindowModels":
        """Made over an app."""
        # The others already ask whether amounts are hidden when they are made.
        veil = VeilViewModel(app, owner)
        wallet = WalletViewModel(app, owner)
        lock = LockViewModel(app, owner)
        return cls(
            appearance=AppearanceViewModel(app, owner),
            first_steps=FirstStepsViewModel(app, owner),
            lock=lock,
            desktop=DesktopViewModel(app, lock, owner),
            leaving=LeavingViewModel(app, owner),
            lock_setting=LockSettingViewModel(app, owner),
            seed_words=SeedWordsViewModel(app, owner),
            nostr_key=NostrKeyViewModel(app, owner),
            secrets=SecretsViewModel(app, owner),
            profiles=ProfilesViewModel(app, owner),
            help=HelpViewModel(app, owner),
            veil=veil,
            feed=FeedViewModel(app, owner),
            browse=BrowseViewModel(app, owner),
            thread=ThreadViewModel(app, owner),
            editor=EditorViewModel(app, owner),
            privacy=PrivacyViewModel(app, owner),
            proxy=ProxyViewModel(app, owner),
            tips=TipViewModel(app, owner),
            activity=ActivityViewModel(app, owner),
            wallet=wallet,
            wallets=WalletsViewModel(app, owner),
            connections=ConnectionsViewModel(app, owner),
            holdings=HoldingsViewModel(app, owner),
            backups=BackupsViewModel(app, owner),
            channels=ChannelsViewModel(app, owner),
            desk=DeskModels.of(app, owner),
            status=StatusViewModel(app, owner),
            draft=TipDraft(app, owner),
            send=SendViewModel(app, wallet, owner),
            history=HistoryViewModel(app, owner),
            safety=SafetyViewModel(app, owner),
            people=PeopleModels.of(app, owner),
            book=BookModels.of(app, owner),
            asks=AsksViewModel(app, owner),
            messages=MessagesViewModel(app, owner),
            message_places=MessagePlacesViewModel(app, owner),
            new_message=NewMessageViewModel(app, owner),
        )

    @property
    def creator(self) -> CreatorViewModel:
        """Tips that come in."""
        return self.desk.creator

    def all(self) -> tuple[ViewModel, ...]:
        """Every one."""
        return (
            self.appearance,
            self.first_steps,
            self.lock,
            self.lock_setting,
            self.seed_words,
            self.nostr_key,
            self.secrets,
            self.profiles,
            self.help,
            self.veil,
            self.desktop,
            self.leaving,
            self.feed,
            self.browse,
            self.thread,
            self.editor,
            self.privacy,
            self.proxy,
            self.tips,
            self.activity,
            self.wallet,
            self.wallets,
            self.connections,
            self.holdings,
            self.backups,
            self.channels,
            *self.desk.all(),
            self.status,
            self.draft,
            self.send,
            self.history,
            self.safety,
            *self.people.all(),
            *self.book.all(),
            self.asks,
            self.messages,
            self.message_places,
            self.new_message,
        )
