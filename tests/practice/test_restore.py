"""A destroyed profile comes back from words and channel backup, or what peers keep of it."""

import asyncio
import shutil
import sys
from pathlib import Path

from tests.nodes import Member, World, pair
from tests.practising import ROOT, Scene, scene, until
from tests.waiting import eventually
from tipdesk.adapters.secrets.vault import FileVault
from tipdesk.adapters.storage.backup_file import FILE_NAME
from tipdesk.adapters.storage.database import MIGRATIONS, MoneyDatabase
from tipdesk.adapters.storage.node import SqliteNodeStore
from tipdesk.adapters.wallet.words import seed_from_words
from tipdesk.app.identity import WORDS
from tipdesk.app.system import SystemClock, SystemEntropy
from tipdesk.base.units import Msat
from tipdesk.lightning.channel.backup import backup_key, open_backup
from tipdesk.lightning.channel.state import ClosedBy, Closing
from tipdesk.node.backup import restore_channel
from tipdesk.ports.stores import PeerAddress
from tipdesk.tips.payment import Succeeded

AMOUNT = Msat(50_000_000)


async def destroyed(member: Member) -> bytes:
    """The member's folder is gone, but for the bytes of its backup."""
    await eventually(lambda: (member.folder / FILE_NAME).exists(), "no backup was written")
    sealed = (member.folder / FILE_NAME).read_bytes()
    await member.stop(killed=True)
    await asyncio.to_thread(shutil.rmtree, member.folder)
    return sealed


def made_anew(member: Member, sealed: bytes | None, *peers: PeerAddress) -> int:
    """A new profile of the same words; how many channels the backup has."""
    store = SqliteNodeStore(MoneyDatabase(member.folder / "money.db", MIGRATIONS))
    store.set_recovering(SystemClock().now())
    key = backup_key(seed_from_words(member._words))
    backups = () if sealed is None else open_backup(sealed, key)
    for backup in backups:
        restore_channel(store, backup)
    for peer in peers:
        store.save_peer(peer)
    store.commit()
    store._db.close()
    return len(backups)


async def comes_home(world: World, lost: Member, peer: Member) -> None:
    """The peer closes by itself, nothing is broadcast from this side, the money arrives."""
    funding = peer.channel.terms.funding_outpoint
    await eventually(lambda: funding in world.regtest.mempool.spends, "nobody closed")
    state = peer.channel.live
    assert isinstance(state, Closing)
    assert state.by is ClosedBy.US
    world.regtest.mine(2)
    await eventually(lambda: isinstance(lost.channel.live, Closing), "the close is not seen")
    await asyncio.sleep(0.2)
    world.regtest.mine(8)
    await eventually(lambda: bool(lost.node.book.closed()), "not resolved")


async def test_a_destroyed_profile_gets_its_money_back_by_words_and_backup(
    tmp_path: Path,
) -> None:
    async with pair(tmp_path) as world:
        fan, creator = world.members["fan"], world.members["creator"]
        assert isinstance((await fan.pay(creator.invoice(AMOUNT), AMOUNT))[-1], Succeeded)
        await world.quiet()
        await fan.wallet.sync()
        onchain = (await fan.wallet.balance()).confirmed.value
        sealed = await destroyed(fan)
        assert made_anew(fan, sealed) == 1
        await fan.start()
        await comes_home(world, fan, creator)
        await fan.wallet.sync()
        gained = (await fan.wallet.balance()).confirmed.value - onchain
        assert 940_000 < gained < 950_000


async def test_without_a_file_the_peer_returns_what_it_was_given_to_keep(tmp_path: Path) -> None:
    async with pair(tmp_path) as world:
        fan, creator = world.members["fan"], world.members["creator"]
        await eventually(
            lambda: creator.store.peer_blob(fan.node.node_id) is not None, "nothing is kept"
        )
        await creator.restart()
        await destroyed(fan)
        assert creator.port is not None
        where = PeerAddress(creator.node.node_id, "127.0.0.1", creator.port)
        assert made_anew(fan, None, where) == 0
        await fan.start()
        await comes_home(world, fan, creator)


async def test_a_backup_follows_every_open_and_close(tmp_path: Path) -> None:
    async with pair(tmp_path) as world:
        fan, creator = world.members["fan"], world.members["creator"]
        key = backup_key(seed_from_words(fan._words))

        def kept() -> int:
            return len(open_backup((fan.folder / FILE_NAME).read_bytes(), key))

        await eventually(lambda: kept() == 1, "the first channel is not in it")
        await world.open(fan, creator)
        await eventually(lambda: kept() == 2, "the second channel is not in it")
        await world.confirm()
        await fan.node.close_channel(fan.channels[0].channel_id, force=False)
        await eventually(lambda: kept() == 1, "the closed channel is still in it")


async def restore(scene: Scene, backup: Path, words: str) -> tuple[int, str]:
    place = scene.practice.description["electrum"]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tipdesk", "restore", "--practice", "--profile", str(scene.fan.folder)),
        *("--backup", str(backup), "--chain-server", f"{place['host']}:{place['port']}"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=ROOT,
    )
    out, _ = await process.communicate(words.encode())
    assert process.returncode is not None
    return process.returncode, out.decode()


async def test_tipdesk_restore_brings_a_fan_of_the_practice_network_back(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        folder = made.fan.folder
        vault = await FileVault.open_with_key_file(
            folder / "vault", folder / "vault.key", SystemEntropy()
        )
        words = (await vault.get(WORDS) or b"").decode()
        before = (await made.call("fan", "balance"))["onchain_confirmed_sat"]
        await made.kill("fan")
        backup = tmp_path / "kept.backup"
        await asyncio.to_thread(shutil.copy, folder / FILE_NAME, backup)

        code, said = await restore(made, backup, words)
        assert code == 1
        assert "already" in said  # it never writes over a profile
        await asyncio.to_thread(shutil.rmtree, folder)
        code, said = await restore(made, backup, words.replace(words.split()[0], "zoo", 1))
        assert code == 1
        assert not (folder / "money.db").exists()
        code, said = await restore(made, backup, words)
        assert (code, "1 channel " in said) == (0, True), said

        await made.start("fan")

        async def came_home() -> bool:
            await made.practice.call("mine", count=1)
            balance = await made.call("fan", "balance")
            return bool(balance["onchain_confirmed_sat"] > before + 9_900_000)

        await until(came_home, "the money did not come back")
