"""`OnchainWallet` through bdk: BIP 39 words, BIP 84 addresses, an Electrum server.

bdk's calls block, so each runs in a thread, one at a time; what it wants stored is handed to our
store on the loop's thread before the call that caused it returns.
"""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

import bdkpython as bdk

from tipdesk.adapters.wallet.change_set import decode, encode, merge
from tipdesk.adapters.wallet.fee_inputs import Coin, change_of, unsigned_psbt, with_fee
from tipdesk.adapters.wallet.server import WalletPlace, wallet_server
from tipdesk.adapters.wallet.words import check_words
from tipdesk.base.clock import Instant
from tipdesk.base.ids import Txid
from tipdesk.base.units import FeeratePerKw, Sat
from tipdesk.bitcoin.address import to_script_pubkey
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.tx import OutPoint, Transaction, TxOut
from tipdesk.ports.wallet import (
    AmountBelowDust,
    ArrivedTx,
    FeeRequest,
    NotEnoughOnchain,
    OnchainBalance,
    TxStanding,
    WalletChangeStore,
    WalletFailed,
    WalletServerFailed,
)

COMPACT_BEYOND: Final = 200
# Version, lock time, counts, the witness's mark, an amount and a length; a P2WPKH input.
_FRAME_WEIGHT: Final = 78
_INPUT_WEIGHT: Final = 272

_T = TypeVar("_T")

# Inputs that are not ours stay as they are; what ours spend is told by the PSBT (BIP 174).
_PARTIAL: Final = bdk.SignOptions(
    trust_witness_utxo=True,
    assume_height=None,
    allow_all_sighashes=False,
    try_finalize=True,
    sign_with_tap_internal_key=False,
    allow_grinding=True,
)

_NETWORKS: Final = {
    Network.MAINNET: bdk.Network.BITCOIN,
    Network.TESTNET: bdk.Network.TESTNET4,
    Network.SIGNET: bdk.Network.SIGNET,
    Network.REGTEST: bdk.Network.REGTEST,
}


class _Outbox(bdk.Persistence):  # type: ignore[misc]  # bdkpython has no types
    """Holds what bdk stores until the loop's thread has taken it."""

    def __init__(self, known: bdk.ChangeSet) -> None:
        super().__init__()
        self._known = known
        self.waiting: list[bytes] = []

    def initialize(self) -> bdk.ChangeSet:
        return self._known

    def persist(self, changeset: bdk.ChangeSet) -> None:
        self.waiting.append(encode(changeset))


class BdkWallet:
    """The wallet of one seed on one network; it asks at `place`."""

    def __init__(
        self, words: list[str], network: Network, place: WalletPlace, store: WalletChangeStore
    ) -> None:
        """`InvalidWords` if the words are no BIP 39 sentence."""
        self._kind = bdk.NetworkKind.MAIN if network is Network.MAINNET else bdk.NetworkKind.TEST
        mnemonic = bdk.Mnemonic.from_string(check_words(words))
        key = bdk.DescriptorSecretKey(self._kind, mnemonic, None)
        self._descriptors = [
            bdk.Descriptor.new_bip84(key, keychain, self._kind)
            for keychain in (bdk.KeychainKind.EXTERNAL, bdk.KeychainKind.INTERNAL)
        ]
        self._network = network
        self._server = wallet_server(place)
        self._store = store
        self._lock = asyncio.Lock()
        self._locks: dict[Txid, tuple[OutPoint, ...]] = {}
        self._scanned = False
        self._outbox: _Outbox
        self._persister: bdk.Persister
        self._wallet: bdk.Wallet

    async def start(self) -> None:
        """Opens the wallet from its store, or makes it; `StorageError` if it cannot be read."""
        stored = self._store.load()
        self._locks = dict(self._store.load_locks())
        known = await asyncio.to_thread(self._open, stored)
        if len(stored) > COMPACT_BEYOND:
            self._store.replace(encode(known))
        self._flush()

    def _open(self, stored: list[bytes]) -> bdk.ChangeSet:
        known = merge(decode(change, self._kind) for change in stored)
        self._outbox = _Outbox(known)
        self._persister = bdk.Persister.custom(self._outbox)
        if stored:
            self._wallet = bdk.Wallet.load(*self._descriptors, self._persister)
        else:
            network = _NETWORKS[self._network]
            self._wallet = bdk.Wallet(*self._descriptors, network, self._persister)
        return known

    async def sync(self) -> None:
        """Looks through all addresses the first time, later through those given out."""
        await self._do(self._sync)
        confirmed = await self._do(self._confirmed_locks)
        if confirmed:
            self._save_locks({t: o for t, o in self._locks.items() if t not in confirmed})

    async def balance(self) -> OnchainBalance:
        """As of the last sync, without what is reserved."""
        return await self._do(self._balance)

    async def new_address(self) -> str:
        """An address that nobody has paid yet: the same one until somebody does."""
        return await self._do(
            lambda: str(self._wallet.next_unused_address(bdk.KeychainKind.EXTERNAL).address)
        )

    async def new_script_pubkey(self) -> bytes:
        """The script of an address never given out before."""

        def reveal() -> bytes:
            revealed = self._wallet.reveal_next_address(bdk.KeychainKind.EXTERNAL)
            return bytes(revealed.address.script_pubkey().to_bytes())

        return await self._do(reveal)

    async def fund(
        self,
        script_pubkey: bytes,
        amount: Sat,
        feerate: FeeratePerKw,
        *,
        keep: Sat = Sat(0),
    ) -> Transaction:
        """A signed payment whose inputs are reserved when this returns."""
        async with self._lock:
            payment = await asyncio.to_thread(self._pay, script_pubkey, amount, feerate, keep)
            self._flush()
            spent = tuple(txin.outpoint for txin in payment.inputs)
            self._save_locks({**self._locks, payment.txid: spent})
            return payment

    async def send_to(
        self, address: str, amount: Sat, feerate: FeeratePerKw, *, keep: Sat = Sat(0)
    ) -> Transaction:
        """As `fund`, to an address."""
        return await self.fund(to_script_pubkey(address, self._network), amount, feerate, keep=keep)

    async def fee_of(
        self, address: str, amount: Sat, feerate: FeeratePerKw, *, keep: Sat = Sat(0)
    ) -> Sat:
        """The fee of a payment that is not made."""
        script_pubkey = to_script_pubkey(address, self._network)
        return await self._do(lambda: self._fee_of(script_pubkey, amount, feerate, keep))

    async def pay_fee(self, request: FeeRequest) -> Transaction:
        """The transaction with coins and change of ours for its fee."""
        async with self._lock:
            paid = await asyncio.to_thread(self._pay_fee, request)
            self._flush()
            others = {txin.outpoint for txin in request.base.inputs}
            ours = tuple(i.outpoint for i in paid.inputs if i.outpoint not in others)
            replaced = None if request.replaces is None else request.replaces.txid
            kept = {t: o for t, o in self._locks.items() if t != replaced}
            self._save_locks({**kept, paid.txid: ours})
            return paid

    async def unpublished(self) -> tuple[Txid, ...]:
        """Transactions with reserved outputs that were never seen."""
        return await self._do(
            lambda: tuple(
                txid
                for txid in self._locks
                if self._wallet.get_tx(bdk.Txid.from_bytes(bytes(txid))) is None
            )
        )

    async def standing(self, txid: Txid) -> TxStanding | None:
        """What the wallet knows of a payment of its own."""
        return await self._do(lambda: self._standing(txid))

    async def arrived(self) -> tuple[ArrivedTx, ...]:
        """What others paid to addresses of the wallet."""
        return await self._do(self._arrived)

    async def release(self, txid: Txid) -> None:
        """Frees the inputs; nothing happens if none are reserved for `txid`."""
        if txid in self._locks:
            self._save_locks({t: o for t, o in self._locks.items() if t != txid})

    async def _do(self, work: Callable[[], _T]) -> _T:
        async with self._lock:
            try:
                return await asyncio.to_thread(self._and_persist, work)
            finally:
                self._flush()

    def _and_persist(self, work: Callable[[], _T]) -> _T:
        result = work()
        self._wallet.persist(self._persister)
        return result

    def _flush(self) -> None:
        while self._outbox.waiting:
            self._store.append(self._outbox.waiting[0])
            del self._outbox.waiting[0]

    def _save_locks(self, locks: dict[Txid, tuple[OutPoint, ...]]) -> None:
        self._store.save_locks(locks)
        self._locks = locks

    def _sync(self) -> None:
        try:
            if self._scanned:
                request = self._wallet.start_sync_with_revealed_spks().build()
                update = self._server.sync(request)
            else:
                update = self._server.full_scan(self._wallet.start_full_scan().build())
            self._wallet.apply_update(update)
        except bdk.CannotConnectError as error:
            raise WalletServerFailed("the chain server follows another chain") from error
        self._scanned = True

    def _confirmed_locks(self) -> set[Txid]:
        known = {Txid(t): self._wallet.get_tx(bdk.Txid.from_bytes(bytes(t))) for t in self._locks}
        return {t for t, tx in known.items() if tx and tx.chain_position.is_confirmed()}

    def _standing(self, txid: Txid) -> TxStanding | None:
        known = self._wallet.get_tx(bdk.Txid.from_bytes(bytes(txid)))
        if known is None:
            return None
        depth = 0
        if known.chain_position.is_confirmed():
            height = known.chain_position.confirmation_block_time.block_id.height
            depth = self._wallet.latest_checkpoint().height - height + 1
        moved = self._wallet.sent_and_received(known.transaction)
        left = moved.sent.to_sat() - moved.received.to_sat()
        fee = self._wallet.calculate_fee(known.transaction).to_sat()
        return TxStanding(depth, Sat(left), Sat(fee))

    def _arrived(self) -> tuple[ArrivedTx, ...]:
        tip = self._wallet.latest_checkpoint().height
        found = []
        for known in self._wallet.transactions():
            moved = self._wallet.sent_and_received(known.transaction)
            if moved.sent.to_sat() or not moved.received.to_sat():
                continue
            transaction = Transaction.parse(bytes(known.transaction.serialize()))
            scripts = (out.script_pubkey for out in known.transaction.output())
            script = next(script for script in scripts if self._wallet.is_mine(script))
            depth, confirmed_at = 0, None
            if known.chain_position.is_confirmed():
                block = known.chain_position.confirmation_block_time
                depth = tip - block.block_id.height + 1
                confirmed_at = Instant.from_unix_seconds(block.confirmation_time)
            found.append(
                ArrivedTx(
                    txid=transaction.txid,
                    amount=Sat(moved.received.to_sat()),
                    address=str(bdk.Address.from_script(script, _NETWORKS[self._network])),
                    spends=tuple(one.outpoint for one in transaction.inputs),
                    depth=depth,
                    confirmed_at=confirmed_at,
                )
            )
        return tuple(found)

    def _free_outputs(self) -> list[bdk.LocalOutput]:
        reserved = {outpoint for outpoints in self._locks.values() for outpoint in outpoints}
        return [o for o in self._wallet.list_unspent() if _outpoint(o) not in reserved]

    def _balance(self) -> OnchainBalance:
        sums = {True: Sat(0), False: Sat(0)}
        for out in self._free_outputs():
            sums[out.chain_position.is_confirmed()] += Sat(out.txout.value.to_sat())
        return OnchainBalance(confirmed=sums[True], unconfirmed=sums[False])

    def _pay(
        self, script_pubkey: bytes, amount: Sat, feerate: FeeratePerKw, keep: Sat
    ) -> Transaction:
        psbt = self._build(script_pubkey, amount, feerate, keep)
        if not self._wallet.sign(psbt):
            raise WalletFailed("the transaction could not be signed")
        self._wallet.persist(self._persister)
        return Transaction.parse(bytes(psbt.extract_tx().serialize()))

    def _build(
        self, script_pubkey: bytes, amount: Sat, feerate: FeeratePerKw, keep: Sat
    ) -> bdk.Psbt:
        # What a stranger sent and no block holds may vanish, and our channel with it.
        usable = {
            _outpoint(out): out
            for out in self._free_outputs()
            if out.chain_position.is_confirmed() or out.keychain is bdk.KeychainKind.INTERNAL
        }
        barred = [o.outpoint for o in self._wallet.list_unspent() if _outpoint(o) not in usable]
        builder = (
            bdk.TxBuilder()
            .add_recipient(bdk.Script(script_pubkey), bdk.Amount.from_sat(amount.value))
            .fee_rate(bdk.FeeRate.from_sat_per_kwu(feerate.value))
            .unspendable(barred)
        )
        try:
            psbt = builder.finish(self._wallet)
        except bdk.CreateTxError.OutputBelowDustLimit:
            raise AmountBelowDust(amount) from None
        except (bdk.CreateTxError.InsufficientFunds, bdk.CreateTxError.CoinSelection) as error:
            free = sum((out.txout.value.to_sat() for out in usable.values()), 0)
            # bdk says what is needed in a sentence only; this is the fee of spending every coin.
            weight = _FRAME_WEIGHT + 4 * len(script_pubkey) + _INPUT_WEIGHT * max(1, len(usable))
            needed = amount + feerate.fee_for_weight(weight)
            raise NotEnoughOnchain(needed=needed, available=Sat(free)) from error
        except bdk.CreateTxError as error:
            raise WalletFailed("the transaction could not be built") from error
        free = Sat(sum(out.txout.value.to_sat() for out in usable.values()))
        left = free - amount - Sat(psbt.fee())
        if left < keep:
            raise NotEnoughOnchain(needed=free - left + keep, available=free)
        return psbt

    def _fee_of(self, script_pubkey: bytes, amount: Sat, feerate: FeeratePerKw, keep: Sat) -> Sat:
        psbt = self._build(script_pubkey, amount, feerate, keep)
        for out in psbt.extract_tx_unchecked_fee_rate().output():
            ours = self._wallet.derivation_of_spk(out.script_pubkey)
            if ours is not None and ours.keychain is bdk.KeychainKind.INTERNAL:
                # The change address was not used: the next payment takes it.
                self._wallet.unmark_used(ours.keychain, ours.index)
        return Sat(psbt.fee())

    def _pay_fee(self, request: FeeRequest) -> Transaction:
        held = {_outpoint(out): _coin(out) for out in self._wallet.list_output()}
        first = [
            held[txin.outpoint]
            for txin in (request.replaces.inputs if request.replaces else ())
            if txin.outpoint in held
        ]
        # BIP 125: a replacement brings no unconfirmed inputs that were not there before.
        usable = [
            out
            for out in self._free_outputs()
            if out.chain_position.is_confirmed()
            or (request.replaces is None and out.keychain is bdk.KeychainKind.INTERNAL)
        ]
        usable.sort(key=lambda o: (not o.chain_position.is_confirmed(), -o.txout.value.to_sat()))
        free = [_coin(out) for out in usable]
        change_script = change_of(request, set(held))
        if change_script is None:
            revealed = self._wallet.reveal_next_address(bdk.KeychainKind.INTERNAL)
            change_script = bytes(revealed.address.script_pubkey().to_bytes())
        drawn = with_fee(request, first, free, change_script)
        psbt = bdk.Psbt(unsigned_psbt(drawn.transaction, drawn.spent))
        self._wallet.sign(psbt, _PARTIAL)
        self._wallet.persist(self._persister)
        return Transaction.parse(bytes(psbt.extract_tx_unchecked_fee_rate().serialize()))


def _coin(out: bdk.LocalOutput) -> Coin:
    amount = Sat(out.txout.value.to_sat())
    return Coin(_outpoint(out), TxOut(amount, bytes(out.txout.script_pubkey.to_bytes())))


def _outpoint(out: bdk.LocalOutput) -> OutPoint:
    return OutPoint(Txid(bytes(out.outpoint.txid.serialize())), out.outpoint.vout)
