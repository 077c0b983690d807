"""What every `ChainSource` does, whatever server it asks."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from tests.contract.chain_scenes import (
    HUGE,
    SCENES,
    BitcoindScene,
    ComparedScene,
    EsploraScene,
    Scene,
)
from tests.waiting import eventually
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import ShortChannelId, Txid
from tipdesk.base.units import BlockHeight, FeeratePerKw, Sat
from tipdesk.bitcoin.block import merkle_root
from tipdesk.bitcoin.facts import HistoryItem
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.script import Op, p2wsh, script
from tipdesk.bitcoin.tx import Transaction, TxIn, TxOut
from tipdesk.bitcoin.watch import (
    ChainEvent,
    NewTip,
    OutputSpent,
    TxConfirmed,
    WatchConfirmed,
    WatchReorged,
    WatchSpent,
)
from tipdesk.node.chainwatch import ChainDriver
from tipdesk.ports.chain import (
    BroadcastRefused,
    ChainTip,
    ScriptChanged,
    SourceLost,
    SourceUnreachable,
)

OPEN = script(Op.TRUE)
MINE = p2wsh(OPEN)
OTHER = p2wsh(script(Op.TRUE, Op.TRUE))


@pytest_asyncio.fixture(params=SCENES, ids=lambda kind: kind.__name__.removesuffix("Scene"))
async def scene(request: pytest.FixtureRequest, tmp_path: object) -> AsyncIterator[Scene]:
    """Connected, and the headers subscribed."""
    made: Scene = request.param(tmp_path)
    await made.start()
    try:
        await made.source.connect(made.notices.append)
        await made.source.subscribe_headers()
        # A source that checks headers itself knows none before it is asked for them.
        await made.source.headers(1, 2016)
        yield made
    finally:
        await made.close()
        await asyncio.sleep(0.01)


def fund(made: Scene, script_pubkey: bytes = MINE) -> tuple[Transaction, int]:
    txid = made.regtest.fund(script_pubkey, Sat(100_000))
    funding = made.regtest.mempool.entries[txid].transaction
    return funding, [out.script_pubkey for out in funding.outputs].index(script_pubkey)


def spend(funding: Transaction, index: int, amount: int = 90_000) -> Transaction:
    txin = TxIn(funding.outpoint(index), 0xFFFFFFFD, witness=(OPEN,))
    return Transaction(2, (txin,), (TxOut(Sat(amount), OTHER),))


async def mined(made: Scene, count: int = 1) -> None:
    """Mines, and waits until the source has told."""
    made.regtest.mine(count)
    await told_tip(made)


async def told_tip(made: Scene) -> None:
    tip = ChainTip(made.regtest.chain.height, made.regtest.chain.tip.header)
    await eventually(lambda: tip in made.notices, "it was not told")
    await made.source.headers(tip.height, 1)


def root_of(made: Scene, height: int) -> bytes:
    return made.regtest.chain.block_at(height).header.merkle_root


async def test_tip_and_headers(scene: Scene) -> None:
    chain = scene.regtest.chain
    assert await scene.source.subscribe_headers() == ChainTip(110, chain.tip.header)
    every = [chain.block_at(height).header for height in range(1, 111)]
    assert list(await scene.source.headers(1, 2016)) == every
    assert list(await scene.source.headers(37, 25)) == every[36:61]
    assert list(await scene.source.headers(108, 25)) == every[107:]
    assert await scene.source.headers(111, 5) == ()
    await scene.source.ping()


async def test_a_new_tip_is_told(scene: Scene) -> None:
    await mined(scene)
    await mined(scene, 3)


async def changed(made: Scene) -> tuple[HistoryItem, ...]:
    """The history of `MINE` once a change of it was told; of two servers each tells."""
    await eventually(lambda: ScriptChanged(MINE) in made.notices, "it was not told")
    await asyncio.sleep(0.1)
    made.notices.clear()
    return await made.source.script_history(MINE)


async def test_a_history_grows_and_each_change_is_told(scene: Scene) -> None:
    await scene.source.subscribe_script(MINE)
    assert await scene.source.script_history(MINE) == ()
    funding, index = fund(scene)
    assert await changed(scene) == (HistoryItem(funding.txid, 0),)
    scene.regtest.mine()
    first = HistoryItem(funding.txid, 111)
    assert await changed(scene) == (first,)
    close = spend(funding, index)
    scene.regtest.submit(close)
    history = await changed(scene)
    assert (history[0], history[1].txid, history[1].height <= 0) == (first, close.txid, True)
    scene.regtest.mine()
    assert await changed(scene) == (first, HistoryItem(close.txid, 112))
    scene.regtest.mine()
    await told_tip(scene)
    assert ScriptChanged(MINE) not in scene.notices


async def test_a_chain_of_waiting_transactions_is_seen_whole(scene: Scene) -> None:
    await scene.source.subscribe_script(OTHER)
    funding, index = fund(scene)
    close = spend(funding, index)
    scene.regtest.submit(close)
    (item,) = await scene.source.script_history(OTHER)
    assert item.txid == close.txid
    assert item.height <= 0


async def test_what_happened_before_a_script_was_watched_is_in_its_history(scene: Scene) -> None:
    funding, index = fund(scene)
    await mined(scene)
    close = spend(funding, index)
    scene.regtest.submit(close)
    await mined(scene, 2)
    wanted = (HistoryItem(funding.txid, 111), HistoryItem(close.txid, 112))
    assert await scene.source.script_history(MINE) == wanted
    await scene.source.subscribe_script(MINE)
    assert await scene.source.script_history(MINE) == wanted


async def test_a_script_that_is_watched_no_more_is_not_told(scene: Scene) -> None:
    await scene.source.subscribe_script(MINE)
    await scene.source.script_history(MINE)
    await scene.source.unsubscribe_script(MINE)
    fund(scene)
    await mined(scene)
    assert ScriptChanged(MINE) not in scene.notices


async def test_a_long_history_comes_whole(scene: Scene) -> None:
    faucet = scene.regtest.faucet.script_pubkey
    scene.regtest.mine(60, faucet)
    await told_tip(scene)
    history = await scene.source.script_history(faucet)
    assert len(history) == 170
    assert [item.height for item in history] == list(range(1, 171))


async def test_transactions_and_their_proofs(scene: Scene) -> None:
    waiting, _ = fund(scene)
    await scene.source.script_history(MINE)
    assert await scene.source.transaction(waiting.txid) == waiting
    fund(scene)
    fund(scene)
    await mined(scene)
    await scene.source.script_history(MINE)
    assert await scene.source.transaction(waiting.txid) == waiting
    proof = await scene.source.merkle_proof(waiting.txid, 111)
    root = merkle_root(waiting.txid, list(proof.branch), proof.position)
    assert (proof.height, len(proof.branch), root) == (111, 2, root_of(scene, 111))
    with pytest.raises(BackendError):
        await scene.source.merkle_proof(waiting.txid, 110)
    for ask in (scene.source.transaction, lambda txid: scene.source.merkle_proof(txid, 5)):
        with pytest.raises(BackendError):
            await ask(Txid(b"\x07" * 32))


async def test_a_transaction_by_its_place(scene: Scene) -> None:
    fund(scene)
    fund(scene)
    await mined(scene)
    txids = scene.regtest.chain.block_at(111).txids
    assert len(txids) == 3
    for position, txid in enumerate(txids):
        found = await scene.source.transaction_at(111, position)
        assert found is not None
        assert (found[0], found[1].height, found[1].position) == (txid, 111, position)
        root = merkle_root(txid, list(found[1].branch), position)
        assert root == root_of(scene, 111)
        assert (await scene.source.transaction(txid)).txid == txid
    assert await scene.source.transaction_at(111, 3) is None
    assert await scene.source.transaction_at(999, 0) is None


async def test_a_transaction_is_published_and_one_that_is_known_is_no_error(scene: Scene) -> None:
    funding, index = fund(scene)
    await mined(scene)
    close = spend(funding, index)
    await scene.source.broadcast(close)
    assert close.txid in scene.regtest.mempool.entries
    await scene.source.broadcast(close)
    await mined(scene)
    await scene.source.script_history(MINE)
    await scene.source.broadcast(close)


async def test_a_refusal_carries_the_networks_reason(scene: Scene) -> None:
    funding, index = fund(scene)
    await mined(scene)
    bad = spend(funding, index).with_witness(0, (b"\x51\x51",))
    with pytest.raises(BroadcastRefused, match="mandatory-script-verify-flag-failed") as refused:
        await scene.source.broadcast(bad)
    assert refused.value.txid == bad.txid
    assert len(refused.value.reason) <= 300
    with pytest.raises(BroadcastRefused, match="min relay fee"):
        await scene.source.broadcast(spend(funding, index, 99_999))


async def test_fees(scene: Scene) -> None:
    assert await scene.source.estimate_fee(6) == 2_000
    assert await scene.source.minimum_fee() in (1_000, None)


async def test_the_drivers_rates_are_what_the_mempool_takes_at_least(scene: Scene) -> None:
    if isinstance(scene, EsploraScene):
        pytest.skip("Esplora does not say")
    await scene.source.close()
    full = {"mempoolminfee": 0.0002} if isinstance(scene, BitcoindScene) else 0.0002
    driver = ChainDriver(scene.source, Network.REGTEST, lambda _: None)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(driver.run())
        await eventually(
            lambda: driver.feerates.within(6) == FeeratePerKw(500), "the feerates are others"
        )
        scene.answer("minimum", full)
        scene.regtest.mine()
        await eventually(
            lambda: driver.feerates.within(144) == FeeratePerKw(5_000), "the feerates are others"
        )
        task.cancel()


@pytest.mark.parametrize("depth", [1, 6])
async def test_the_driver_follows_a_reorganisation(scene: Scene, depth: int) -> None:
    await scene.source.close()
    events: list[ChainEvent] = []
    driver = ChainDriver(scene.source, Network.REGTEST, events.append)
    funding, index = fund(scene)
    scene.regtest.mine()
    close = spend(funding, index)
    spent = WatchSpent(funding.outpoint(index), MINE)
    buried = WatchConfirmed(close.txid, OTHER, 1)
    driver.watch(spent)
    driver.watch(buried)

    def told() -> list[ChainEvent]:
        return [event for event in events if not isinstance(event, NewTip)]

    async with asyncio.TaskGroup() as group:
        task = group.create_task(driver.run())
        await eventually(lambda: driver.height == BlockHeight(111), "the tip is not followed")
        await driver.broadcast(close)
        await eventually(lambda: told() == [OutputSpent(spent, close, None)], "it was not told")
        scene.regtest.mine(depth)
        mined = TxConfirmed(buried, close, BlockHeight(112), 1)
        await eventually(lambda: len(told()) == 3, "it was not told")
        assert set(map(type, told()[1:])) == {OutputSpent, TxConfirmed}
        assert mined in told()
        events.clear()
        scene.regtest.reorganise(depth)
        await eventually(
            lambda: driver.height == BlockHeight(112 + depth), "the tip is not followed"
        )
        await eventually(
            lambda: WatchReorged(buried) in told() and WatchReorged(spent) in told(),
            "it was not told",
        )
        events.clear()
        scene.regtest.mine()
        again = BlockHeight(113 + depth)
        await eventually(lambda: TxConfirmed(buried, close, again, 1) in told(), "it was not told")
        await eventually(lambda: OutputSpent(spent, close, again) in told(), "it was not told")
        place = ShortChannelId.of(again.value, 1, 0)
        assert await driver.funding_script_at(place) == (OTHER, Sat(90_000))
        task.cancel()


async def test_the_driver_catches_up_when_the_server_comes_back(scene: Scene) -> None:
    await scene.source.close()
    events: list[ChainEvent] = []
    driver = ChainDriver(scene.source, Network.REGTEST, events.append)
    funding, index = fund(scene)
    watch = WatchSpent(funding.outpoint(index), MINE)
    driver.watch(watch)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(driver.run())
        await eventually(lambda: driver.height == BlockHeight(110), "the tip is not followed")
        await scene.stop_server()
        close = spend(funding, index)
        scene.regtest.submit(close)
        scene.regtest.mine(3)
        with pytest.raises(BackendError):
            await driver.broadcast(spend(funding, index, 80_000))
        await scene.start_server()
        await eventually(lambda: driver.height == BlockHeight(113), "the tip is not followed")
        await eventually(
            lambda: OutputSpent(watch, close, BlockHeight(111)) in events, "it was not told"
        )
        task.cancel()


async def test_a_server_that_went_is_told_and_every_call_fails_until_it_is_back(
    scene: Scene,
) -> None:
    await scene.stop_server()
    await eventually(lambda: SourceLost() in scene.notices, "it was not told")
    with pytest.raises(SourceUnreachable):
        await scene.source.ping()
    with pytest.raises(SourceUnreachable):
        await scene.source.connect(scene.notices.append)
    await scene.start_server()
    await scene.source.connect(scene.notices.append)
    await scene.source.ping()


async def test_before_it_is_connected_and_after_it_is_closed_nothing_is_answered(
    scene: Scene,
) -> None:
    await scene.source.close()
    for source in (scene.source, scene.made(Network.REGTEST)):
        with pytest.raises(SourceUnreachable):
            await source.ping()
        with pytest.raises(SourceUnreachable):
            await source.script_history(MINE)
        await source.close()
    scene.notices.clear()
    scene.regtest.mine()
    await asyncio.sleep(0.1)
    assert scene.notices == []


@pytest.mark.parametrize("network", [Network.MAINNET, Network.TESTNET, Network.SIGNET])
async def test_another_network_is_refused(scene: Scene, network: Network) -> None:
    stranger = scene.made(network)
    with pytest.raises(BackendError, match=network.value):
        await stranger.connect(lambda _: None)
    await stranger.close()


QUESTIONS: dict[str, Callable[[Scene, Txid], Awaitable[object]]] = {
    "transaction": lambda made, txid: made.source.transaction(txid),
    "headers": lambda made, _: made.source.headers(100, 20),
    "history": lambda made, _: made.source.script_history(MINE),
    "proof": lambda made, txid: made.source.merkle_proof(txid, 112),
    "tip": lambda made, _: made.source.subscribe_headers(),
    "fee": lambda made, _: made.source.estimate_fee(6),
}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("answer", ["zz", "", "<html>503</html>", "00" * 40, "\u202e\ufffd"])
async def test_garbage_is_a_backend_error(scene: Scene, question: str, answer: str) -> None:
    scene.regtest.mine(2)
    txid = scene.regtest.chain.block_at(112).txids[0]
    await told_tip(scene)
    if isinstance(scene, ComparedScene) and question in ("headers", "tip"):
        pytest.skip("headers are checked before they are asked for: test_compared_source")
    scene.answer(question, answer)
    with pytest.raises(BackendError):
        await QUESTIONS[question](scene, txid)


@pytest.mark.parametrize("question", ["transaction", "history"])
async def test_an_answer_without_end_is_cut_off(scene: Scene, question: str) -> None:
    scene.answer(question, "0" * HUGE)
    with pytest.raises(BackendError):
        await QUESTIONS[question](scene, scene.regtest.chain.block_at(110).txids[0])


async def test_another_transaction_than_asked_for_is_refused(scene: Scene) -> None:
    scene.regtest.mine()
    await told_tip(scene)
    txids = [scene.regtest.chain.block_at(height).txids[0] for height in (110, 111)]
    other = scene.regtest.index.transactions[txids[0]].transaction.serialize()
    found = await scene.source.transaction_at(111, 0)
    assert found is not None
    scene.answer("transaction", other.hex())
    with pytest.raises(BackendError):
        await scene.source.transaction(txids[1])


async def test_a_false_proof_proves_nothing(scene: Scene) -> None:
    if isinstance(scene, BitcoindScene):
        pytest.skip("its proofs are worked out here")
    await scene.source.close()
    scene.answer("proof", {"block_height": 111, "merkle": ["00" * 32], "pos": 1})
    events: list[ChainEvent] = []
    driver = ChainDriver(scene.source, Network.REGTEST, events.append)
    funding, _ = fund(scene)
    watch = WatchConfirmed(funding.txid, MINE, 1)
    driver.watch(watch)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(driver.run())
        scene.regtest.mine()
        await eventually(lambda: driver.height == BlockHeight(111), "the tip is not followed")
        await asyncio.sleep(0.5)
        assert [event for event in events if not isinstance(event, NewTip)] == []
        await scene.stop_server()
        await scene.start_server()
        await eventually(
            lambda: TxConfirmed(watch, funding, BlockHeight(111), 1) in events, "it was not told"
        )
        task.cancel()
