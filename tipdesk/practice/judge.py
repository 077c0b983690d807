"""The judge of every transaction we build: Bitcoin Core's own script interpreter.

The tests ask it about commitment, HTLC and closing transactions, the practice mempool about
whatever it is sent.
"""

from collections.abc import Sequence

import pbk
from pbk.script import PrecomputedTransactionData

from tipdesk.base.errors import RequestError
from tipdesk.bitcoin.tx import Transaction, TxOut


class ScriptRefused(RequestError):
    """An input whose script and witness do not satisfy the output it spends."""

    def __init__(self, index: int) -> None:
        super().__init__(f"input {index} does not satisfy the script of the output it spends")
        self.index = index


class PrevoutsMissing(RequestError):
    """The judge needs the output behind every input, in the inputs' order."""

    def __init__(self, *, inputs: int, prevouts: int) -> None:
        super().__init__(f"{inputs} inputs, but {prevouts} outputs that they spend")
        self.inputs = inputs
        self.prevouts = prevouts


def verify_transaction(tx: Transaction, prevouts: Sequence[TxOut]) -> None:
    """Checks every input of `tx` against the output it spends, under all consensus flags.

    `prevouts[i]` is what `tx.inputs[i]` spends: a wrong amount fails as a wrong script does.
    Raises `ScriptRefused` with the first input that fails. Amounts and lock times in the outside
    world (is it final, is the sum right) are not looked at.
    """
    if len(prevouts) != len(tx.inputs):
        raise PrevoutsMissing(inputs=len(tx.inputs), prevouts=len(prevouts))
    subject = pbk.Transaction(tx.serialize())
    scripts = [pbk.ScriptPubkey(out.script_pubkey) for out in prevouts]
    spent = [
        pbk.TransactionOutput(script, out.amount.value)
        for script, out in zip(scripts, prevouts, strict=True)
    ]
    known = PrecomputedTransactionData(subject, spent)
    flags = pbk.ScriptVerificationFlags.ALL
    for index, (script, out) in enumerate(zip(scripts, prevouts, strict=True)):
        try:
            accepted = script.verify(out.amount.value, subject, known, index, flags)
        except pbk.ScriptVerifyException:
            accepted = False
        if not accepted:
            raise ScriptRefused(index)
