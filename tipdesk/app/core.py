"""The part of the app that every process has: profile, database, node, wallet. No services yet."""

import asyncio
import logging
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from tipdesk.adapters.net.tcp import TcpConnector
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.payments.embedded import EmbeddedBackend, EmbeddedChannels
from tipdesk.adapters.storage.backup_file import BackupFiles
from tipdesk.adapters.storage.connections_schema import CONNECTIONS_SCHEMA
from tipdesk.adapters.storage.database import (
    BACKUP_SCHEMA,
    CLAIMS_SCHEMA,
    NODE_SCHEMA,
    OFFERS_SCHEMA,
    PARTS_SCHEMA,
    UNASKED_SCHEMA,
    WAYS_SCHEMA,
    MoneyDatabase,
)
from tipdesk.adapters.storage.desk import DESK_SCHEMA
from tipdesk.adapters.storage.ledger import TIPS_SCHEMA, VERDICTS_SCHEMA, WORDS_SCHEMA
from tipdesk.adapters.storage.messages import MESSAGES_SCHEMA
from tipdesk.adapters.storage.node import SqliteNodeStore
from tipdesk.adapters.storage.onchain import DEPOSITS_SCHEMA, ONCHAIN_SCHEMA
from tipdesk.adapters.storage.payment_asks import ASKS_SCHEMA
from tipdesk.adapters.storage.payment_names import PAYMENT_NAMES_SCHEMA
from tipdesk.adapters.storage.people import PEOPLE_SCHEMA
from tipdesk.adapters.storage.records import MoneySettingsStore
from tipdesk.adapters.storage.timeline_schema import TIMELINE_SCHEMA
from tipdesk.adapters.storage.wallet import SqliteWalletStore
from tipdesk.adapters.storage.wallets import WALLETS_SCHEMA, MoneyWalletStore
from tipdesk.adapters.storage.writing import WRITING_SCHEMA
from tipdesk.adapters.wallet.bdk import BdkWallet
from tipdesk.app.chain import ChainAccess
from tipdesk.app.config import Settings
from tipdesk.app.identity import Identity, KnownSecrets, open_identity
from tipdesk.app.profile import open_vault
from tipdesk.app.secrets import ProfileSecrets
from tipdesk.app.system import SystemClock, SystemEntropy
from tipdesk.base.errors import DecodeError, RequestError, StorageError
from tipdesk.base.phrase import Phrase
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.channel.context import ChannelLimits
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.gossip.snapshot import export_graph, import_graph
from tipdesk.lightning.routing.scoring import Scores
from tipdesk.node.config import NodeConfig
from tipdesk.node.node import LightningNode
from tipdesk.ports.channels import ChannelAdmin
from tipdesk.ports.payments import PaymentBackend
from tipdesk.ports.stores_tips import SettingsStore
from tipdesk.services.any_wallet import AnyWallet
from tipdesk.services.balance_cap import BalanceCap, CappedBackend, CappedChannels
from tipdesk.services.own_address import OwnAddress, kept_address
from tipdesk.services.proxy import kept_proxy

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Core:
    """What services are built on."""

    folder: Path
    settings: Settings
    identity: Identity
    vault: ProfileSecrets
    database: MoneyDatabase
    store: SqliteNodeStore
    wallet: BdkWallet
    node: LightningNode
    any_wallet: AnyWallet
    channels: ChannelAdmin
    cap: BalanceCap | None
    """The limit on what the own node takes, if there is one; it and `channels` keep it."""
    chain: ChainAccess
    way: WayOut
    """What opens every connection of this profile."""
    clock: SystemClock
    entropy: SystemEntropy
    backups: BackupFiles
    storage_failed: asyncio.Future[StorageError]
    """Resolved if money.db fails: the app must stop, as nothing can be promised any more."""

    @property
    def backend(self) -> PaymentBackend:
        """Whichever wallet pays."""
        return self.any_wallet

    def save_graph(self) -> None:
        """Keeps the public graph for the next start."""
        _replace(self.folder / "graph", export_graph(self.node.gossip.graph))

    def close(self) -> None:
        """The last act of an ordered shutdown."""
        try:
            self.save_graph()
        except OSError as error:
            _log.info("the graph was not kept: %s", error)
        self.database.close()


SCHEMA: Final = (
    NODE_SCHEMA,
    TIPS_SCHEMA,
    CLAIMS_SCHEMA,
    BACKUP_SCHEMA,
    PARTS_SCHEMA,
    VERDICTS_SCHEMA,
    DESK_SCHEMA,
    TIMELINE_SCHEMA,
    UNASKED_SCHEMA,
    WORDS_SCHEMA,
    MESSAGES_SCHEMA,
    WRITING_SCHEMA,
    WAYS_SCHEMA,
    ONCHAIN_SCHEMA,
    DEPOSITS_SCHEMA,
    WALLETS_SCHEMA,
    CONNECTIONS_SCHEMA,
    PEOPLE_SCHEMA,
    OFFERS_SCHEMA,
    ASKS_SCHEMA,
    PAYMENT_NAMES_SCHEMA,
)
"""`money.db` by version, in the order in which it grew."""


class OtherNetwork(RequestError):
    """The profile was made for another network than its settings name."""

    def __init__(self, folder: Path, *, made_for: str, asked: Network) -> None:
        super().__init__(
            Phrase(
                "The profile in {folder} was made for {made_for}, and its settings say {asked}. "
                "Coins and channels do not move between networks: set it back, or begin another "
                "profile. Nothing was changed.",
                folder=folder,
                made_for=made_for,
                asked=asked.value,
            )
        )
        self.folder = folder


def open_money(folder: Path, network: Network) -> MoneyDatabase:
    """The profile's `money.db`, which stays with the network that it was made for."""
    database = MoneyDatabase(folder / "money.db", SCHEMA)
    marks = {int.from_bytes(one.chain_hash[:4], "big") >> 1: one.value for one in Network}
    wanted = next(mark for mark, name in marks.items() if name == network.value)
    try:
        found = database.mark(wanted)
    except BaseException:
        database.close()
        raise
    if found != wanted:
        database.close()
        made_for = marks.get(found, Phrase("another network"))
        raise OtherNetwork(folder, made_for=made_for, asked=network)
    return database


def _backup_files(folder: Path, settings: Settings) -> BackupFiles:
    second = settings.backup_folder
    return BackupFiles(folder, Path(second) if second else None)


def _with_own_address(settings: Settings, store: SettingsStore) -> Settings:
    """What was set in the app goes before what stands in the file."""
    first = OwnAddress(settings.receive_user, settings.receive_domain, settings.receive_port)
    now = kept_address(store, first) or OwnAddress("", "", 0)
    return replace(
        settings, receive_user=now.user, receive_domain=now.domain, receive_port=now.port
    )


def _load_graph(folder: Path, settings: Settings) -> Graph:
    path = folder / "graph"
    try:
        graph = import_graph(path.read_bytes())
    except (OSError, DecodeError):
        return Graph(settings.network.chain_hash)
    return (
        graph
        if graph.chain_hash == settings.network.chain_hash
        else Graph(settings.network.chain_hash)
    )


def _load_scores(folder: Path) -> Scores:
    try:
        return Scores.from_bytes((folder / "scores").read_bytes())
    except (OSError, DecodeError):
        return Scores()


def _keep_scores(folder: Path, experience: bytes) -> None:
    """What payments taught is of use at the next start, and no loss if it cannot be kept."""
    try:
        _replace(folder / "scores", experience)
    except OSError as error:
        _log.info("the experience of payments was not kept: %s", error)


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_suffix(".new")
    temporary.write_bytes(data)
    temporary.replace(path)


async def open_core(
    folder: Path, settings: Settings, *, practice: bool, passphrase: bytes | None
) -> Core:
    """Opens a profile: its database first, whose lock keeps a second process out."""
    way = WayOut()
    chain = ChainAccess(folder, settings.checked(), way)
    entropy, clock = SystemEntropy(), SystemClock()
    database = open_money(folder, settings.network)
    kept = MoneySettingsStore(database)
    settings = _with_own_address(settings, kept)
    way.use(kept_proxy(kept) or settings.proxy_choice)
    try:
        known = KnownSecrets(folder, database)
        opened = await open_vault(
            folder,
            entropy,
            practice=practice,
            passphrase=passphrase,
            has_wallet=known.has_wallet,
        )
        vault = ProfileSecrets(folder, opened, entropy, practice=practice)
        identity = await open_identity(vault, entropy, known)
        await vault.tidy_up()
        store = SqliteNodeStore(database)
        failed: asyncio.Future[StorageError] = asyncio.get_running_loop().create_future()

        def storage_failed(error: StorageError) -> None:
            if not failed.done():
                failed.set_result(error)

        backups = _backup_files(folder, settings)
        wallet = BdkWallet(
            list(identity.words),
            settings.network,
            await chain.start(),
            SqliteWalletStore(database),
        )
        node = LightningNode(
            config=NodeConfig(
                network=settings.network,
                alias=settings.alias,
                listen_port=settings.listen_port or None,
                forwards=settings.forwards,
                accepts_keysend=bool(settings.receive_user),
                limits=ChannelLimits(accepts_static_remotekey=settings.accepts_static_remotekey),
                check_every_funding=chain.has_own_node or settings.network is Network.REGTEST,
            ),
            seed=identity.seed,
            store=store,
            source=chain.source,
            wallet=wallet,
            connector=TcpConnector(way),
            clock=clock,
            entropy=entropy,
            backups=backups,
            graph=await asyncio.to_thread(_load_graph, folder, settings),
            scores=await asyncio.to_thread(_load_scores, folder),
            keep_scores=partial(_keep_scores, folder),
            on_storage_error=storage_failed,
        )
        database.end_turns_with(node.turn.flush)
    except BaseException:
        database.close()
        await chain.close()
        raise
    backend, channels = EmbeddedBackend(node), EmbeddedChannels(node)
    limit = settings.balance_cap
    cap = None if limit is None else BalanceCap(limit, wallet, backend)
    own: PaymentBackend = backend if cap is None else CappedBackend(backend, cap)
    any_wallet = AnyWallet(own, MoneyWalletStore(database), clock, entropy)
    return Core(
        folder=folder,
        settings=settings,
        identity=identity,
        vault=vault,
        database=database,
        store=store,
        wallet=wallet,
        node=node,
        any_wallet=any_wallet,
        channels=channels if cap is None else CappedChannels(channels, cap),
        cap=cap,
        chain=chain,
        way=way,
        clock=clock,
        entropy=entropy,
        backups=backups,
        storage_failed=failed,
    )
