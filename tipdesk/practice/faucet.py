"""The owner of every practice block reward, who gives coins to whoever asks."""

from typing import Final

from tipdesk.base.errors import RequestError
from tipdesk.base.units import Sat
from tipdesk.bitcoin.script import electrum_script_hash, p2pkh_code, p2wpkh
from tipdesk.bitcoin.sighash import segwit_v0
from tipdesk.bitcoin.tx import OutPoint, Transaction, TxIn, TxOut
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey, signature_to_der
from tipdesk.practice.chain import Chain
from tipdesk.practice.index import Index
from tipdesk.practice.mempool import COINBASE_MATURITY, Mempool
from tipdesk.practice.policy import dust_limit

_FEE_PER_VBYTE: Final = 2
_BASE_VBYTES: Final = 100
_INPUT_VBYTES: Final = 69
_SIGNAL_REPLACEMENT: Final = 0xFFFFFFFD


class FaucetEmpty(RequestError):
    """No coin of the faucet's is ripe and unspent for the amount."""

    def __init__(self, amount: Sat) -> None:
        super().__init__(f"the faucet has no {amount.value} sat free; mine a block and ask again")
        self.amount = amount


class BelowDust(RequestError):
    """An amount so small that no node would pass it on."""

    def __init__(self, amount: Sat, least: Sat) -> None:
        super().__init__(f"{amount.value} sat is below the dust limit of {least.value} sat")
        self.amount = amount
        self.least = least


class Faucet:
    """One key; its coins are worth nothing, so the key is no secret."""

    def __init__(self, chain: Chain, index: Index, mempool: Mempool) -> None:
        self._chain = chain
        self._index = index
        self._mempool = mempool
        self._key = PrivateKey(sha256(b"TipDesk practice faucet"))
        self.script_pubkey = p2wpkh(self._key.point)

    def pay(self, script_pubkey: bytes, amount: Sat) -> Transaction:
        """A signed payment of exactly `amount`, from confirmed coins first, then own change."""
        least = dust_limit(script_pubkey)
        if amount < least:
            raise BelowDust(amount, least)
        chosen: list[tuple[OutPoint, TxOut]] = []
        total = Sat(0)
        for outpoint, out in self._coins():
            chosen.append((outpoint, out))
            total += out.amount
            fee = Sat(_FEE_PER_VBYTE * (_BASE_VBYTES + _INPUT_VBYTES * len(chosen)))
            if not total < amount + fee:
                return self._signed(chosen, script_pubkey, amount, total - amount - fee)
        raise FaucetEmpty(amount)

    def _coins(self) -> list[tuple[OutPoint, TxOut]]:
        confirmed, waiting = [], []
        for located in self._index.history(electrum_script_hash(self.script_pubkey)):
            age = self._chain.height + 1 - located.height
            if located.position or age >= COINBASE_MATURITY:
                confirmed += self._own(located.transaction)
        for entry in self._mempool.entries.values():
            waiting += self._own(entry.transaction)
        return confirmed + waiting

    def _own(self, transaction: Transaction) -> list[tuple[OutPoint, TxOut]]:
        return [
            (outpoint, out)
            for index, out in enumerate(transaction.outputs)
            if out.script_pubkey == self.script_pubkey
            and (outpoint := transaction.outpoint(index)) not in self._index.spends
            and outpoint not in self._mempool.spends
        ]

    def _signed(
        self, coins: list[tuple[OutPoint, TxOut]], script_pubkey: bytes, amount: Sat, change: Sat
    ) -> Transaction:
        outputs = [TxOut(amount, script_pubkey)]
        if not change < dust_limit(self.script_pubkey):
            outputs.append(TxOut(change, self.script_pubkey))
        inputs = tuple(TxIn(outpoint, _SIGNAL_REPLACEMENT) for outpoint, _ in coins)
        payment = Transaction(2, inputs, tuple(outputs))
        for index, (_, out) in enumerate(coins):
            digest = segwit_v0(payment, index, p2pkh_code(self._key.point), out.amount)
            signature = signature_to_der(self._key.sign_ecdsa(digest)) + b"\x01"
            payment = payment.with_witness(index, (signature, bytes(self._key.point)))
        return payment
