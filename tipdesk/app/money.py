"""Puts together what the wallet's pages ask: invoices, coins on chain, LNURL, backups."""

from tipdesk.adapters.secrets.linking import LinkingSigner
from tipdesk.adapters.storage.onchain import MoneyArrivalStore, MoneySentOnchainStore
from tipdesk.adapters.storage.records import MoneyHistoryStore
from tipdesk.app.core import Core
from tipdesk.lightning.channel.backup import backup_key, open_backup
from tipdesk.ports.http import HttpClient
from tipdesk.ports.stores_tips import SettingsStore
from tipdesk.services.backups import BackupService
from tipdesk.services.bus import Bus
from tipdesk.services.lnurl_pages import LnurlPages
from tipdesk.services.onchain import OnchainService
from tipdesk.services.onchain_history import OnchainHistory
from tipdesk.services.wallet import WalletService
from tipdesk.services.wallets import Wallets


def build_wallet(core: Core, wallets: Wallets, bus: Bus) -> WalletService:
    """What is ours, and what comes and goes over Lightning."""
    return WalletService(
        wallet=core.backend,
        onchain=core.wallet,
        store=MoneyHistoryStore(core.database),
        bus=bus,
        clock=core.clock,
        network=core.settings.network,
        cap=core.cap,
        channels=core.channels.channels,
        elsewhere=wallets.elsewhere,
    )


def build_onchain_history(core: Core, bus: Bus) -> OnchainHistory:
    """What went to addresses, and what came to ours."""
    return OnchainHistory(
        store=MoneySentOnchainStore(core.database),
        arrivals=MoneyArrivalStore(core.database),
        wallet=core.wallet,
        bus=bus,
        clock=core.clock,
    )


def build_onchain(core: Core, ledger: OnchainHistory, bus: Bus) -> OnchainService:
    """What goes to an address."""
    return OnchainService(
        wallet=core.wallet,
        feerates=lambda: core.node.chain.feerates,
        kept=core.node.coins_kept,
        publish=core.node.chain.broadcast,
        forget=core.node.chain.forget,
        ledger=ledger,
        bus=bus,
    )


def build_pages(core: Core, wallet: WalletService, http: HttpClient) -> LnurlPages:
    """Withdrawing from a page, and logging in to one."""
    return LnurlPages(
        http=http,
        network=core.settings.network,
        wallet=wallet,
        signer=LinkingSigner(core.identity.seed),
    )


def build_backups(core: Core, settings: SettingsStore) -> BackupService:
    """Where the channels' backup is kept, and whether it opens."""
    key = backup_key(core.identity.seed)
    return BackupService(
        files=core.backups,
        write=core.node.backup.write_now,
        read=lambda sealed: open_backup(sealed, key),
        holders=lambda: core.node.backup.holders,
        channels=core.channels.channels,
        settings=settings,
    )
