"""Several chain servers as one: none is believed where another can prove that it is wrong.

Headers are checked here, by the tracker's own rules, and kept on disk; the chain with most work
is what everybody above sees. Histories are compared: a transaction that one server names and
another leaves out is looked up, proven against the headers, and whoever lied is dropped until
the next start. With one server only nothing is compared: it may leave out what it likes.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from tipdesk.adapters.chain.histories import Claims, pays_or_spends
from tipdesk.adapters.chain.members import Member, ServerState, ServerStatus
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import Txid
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.bitcoin.block import Header
from tipdesk.bitcoin.facts import Fact, HeadersSeen, HistoryItem, MerkleProof, TipSeen
from tipdesk.bitcoin.headers import HeaderChain
from tipdesk.bitcoin.tracker import ProofRefused, Tracker, check_branch, check_proof, step
from tipdesk.bitcoin.tx import Transaction
from tipdesk.ports.chain import (
    BroadcastRefused,
    ChainSource,
    ChainTip,
    HeaderStore,
    Notice,
    ScriptChanged,
    SourceLost,
    SourceMisbehaved,
    SourceUnreachable,
)

MAX_DISPUTES: Final = 100

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class ComparedSource:
    """`ChainSource` over one or more servers of one network, named for the person by `place`."""

    def __init__(self, members: Sequence[tuple[str, ChainSource]], headers: HeaderStore) -> None:
        """`headers.load` is called at the first `connect`, in a thread."""
        self._members = [Member(place, source) for place, source in members]
        self._store = headers
        self._chain: HeaderChain | None = None
        self._scripts: dict[bytes, None] = {}
        self._listener: Callable[[Notice], None] = lambda _: None
        self._syncing = asyncio.Lock()

    def status(self) -> tuple[ServerStatus, ...]:
        """Every server, in the order of the settings."""
        return tuple(ServerStatus(m.place, m.state, m.reason) for m in self._members)

    async def connect(self, listener: Callable[[Notice], None]) -> None:
        """Connects to all that answer; the first one's error if none does."""
        await self.close()
        if self._chain is None:
            self._chain = await asyncio.to_thread(self._store.load)
        self._listener = listener
        if all(member.state is ServerState.DROPPED for member in self._members):
            # All of them lied or are broken: what else is there to ask.
            for member in self._members:
                member.state = ServerState.AWAY
        away = [member for member in self._members if member.state is ServerState.AWAY]
        failures = [error for error in await asyncio.gather(*map(self._join, away)) if error]
        if not self._connected():
            raise failures[0] if failures else SourceUnreachable(Phrase("there is no chain server"))

    async def close(self) -> None:
        """Ends all connections."""
        self._listener = lambda _: None
        self._scripts.clear()
        for member in self._members:
            if member.state is ServerState.CONNECTED:
                member.state = ServerState.AWAY
            await member.source.close()

    async def ping(self) -> None:
        """Asks all that are connected whether they are there, and the others to come back."""
        for member in self._members:
            if member.state is ServerState.DROPPED:
                await member.source.close()
        await self._of_all(lambda source: source.ping())
        away = [member for member in self._members if member.state is ServerState.AWAY]
        for member, failure in zip(away, await asyncio.gather(*map(self._join, away)), strict=True):
            if failure is None:
                self._tell_tip(member)
                for script_pubkey in tuple(self._scripts):
                    self._listener(ScriptChanged(script_pubkey))

    def checked_headers(self) -> HeaderChain | None:
        """All there are so far."""
        return self._chain

    async def subscribe_headers(self) -> ChainTip:
        """The best tip that is checked, or a higher one that a server claims."""
        claimed = [m.tip for m in self._connected() if m.behind is not None and m.tip is not None]
        return max(claimed, key=lambda tip: tip.height, default=self._best())

    async def headers(self, start: int, count: int) -> tuple[Header, ...]:
        """From the chain with most work, which grows until it is there or has its end."""
        async with self._syncing:
            await self._catch_up(start + count - 1)
        chain = self._known()
        last = min(start + count - 1, chain.height)
        return tuple(Header.parse(chain.raw(at)) for at in range(max(start, chain.base), last + 1))

    async def subscribe_script(self, script_pubkey: bytes) -> None:
        """With every server."""
        self._scripts[script_pubkey] = None
        await self._of_all(lambda source: source.subscribe_script(script_pubkey))

    async def unsubscribe_script(self, script_pubkey: bytes) -> None:
        """With every server."""
        self._scripts.pop(script_pubkey, None)
        await self._of_all(lambda source: source.unsubscribe_script(script_pubkey))

    async def script_history(self, script_pubkey: bytes) -> tuple[HistoryItem, ...]:
        """What the servers say together: what only some of them name must be proven."""
        answers = await self._of_all(lambda source: source.script_history(script_pubkey))
        if len(answers) == 1:
            return answers[0][1]
        claims = Claims(dict(answers))
        for item in claims.disputed()[:MAX_DISPUTES]:
            await self._settle(script_pubkey, item, claims)
        return claims.merged()

    async def transaction(self, txid: Txid) -> Transaction:
        """From the first server that has it."""
        return await self._of_first(lambda source: source.transaction(txid))

    async def merkle_proof(self, txid: Txid, height: int) -> MerkleProof:
        """The first proof that leads to the header; who gave a wrong one is dropped."""

        async def proven(source: ChainSource) -> MerkleProof:
            proof = await source.merkle_proof(txid, height)
            self._check_root(txid, proof)
            return proof

        return await self._of_first(proven)

    async def transaction_at(self, height: int, position: int) -> tuple[Txid, MerkleProof] | None:
        """As far as any server proves it."""

        async def proven(source: ChainSource) -> tuple[Txid, MerkleProof]:
            found = await source.transaction_at(height, position)
            if found is None:
                raise _NothingThere
            self._check_root(*found)
            return found

        try:
            return await self._of_first(proven)
        except _NothingThere:
            return None

    async def broadcast(self, transaction: Transaction) -> None:
        """To every server; one that takes it is enough."""
        asked = self._need_connected()
        answers = await asyncio.gather(
            *(member.source.broadcast(transaction) for member in asked), return_exceptions=True
        )
        errors = [answer for answer in answers if isinstance(answer, BaseException)]
        if len(errors) < len(answers):
            return
        refusals = [error for error in errors if isinstance(error, BroadcastRefused)]
        raise (refusals or errors)[0]

    async def estimate_fee(self, target: int) -> int | None:
        """The highest: too little could keep a transaction out of blocks for too long."""
        return await self._highest(lambda source: source.estimate_fee(target))

    async def minimum_fee(self) -> int | None:
        """The highest."""
        return await self._highest(lambda source: source.minimum_fee())

    async def _highest(self, ask: Callable[[ChainSource], Awaitable[int | None]]) -> int | None:
        answers = await self._of_all(ask)
        return max((fee for _, fee in answers if fee is not None), default=None)

    # Members

    def _connected(self) -> list[Member]:
        return [member for member in self._members if member.state is ServerState.CONNECTED]

    def _need_connected(self) -> list[Member]:
        connected = self._connected()
        if not connected:
            raise SourceUnreachable(Phrase("there is no connection to a chain server"))
        return connected

    async def _join(self, member: Member) -> BackendError | None:
        member.tip = None
        try:
            await member.source.connect(lambda notice: self._hear(member, notice))
            tip = await member.source.subscribe_headers()
            for script_pubkey in tuple(self._scripts):
                await member.source.subscribe_script(script_pubkey)
        except BackendError as error:
            self._leave(member, in_words(error))
            await member.source.close()
            return error
        # A newer one may have come meanwhile.
        member.tip = tip = member.tip or tip
        member.state, member.reason = ServerState.CONNECTED, ""
        try:
            self._learn(member, TipSeen(tip.height, tip.header))
        except BackendError as error:
            self._drop(member, error)
            return error
        return None

    def _leave(self, member: Member, reason: str) -> None:
        if member.reason != reason:
            _log.info("the chain server %s is away: %s", member.place, reason)
        member.state, member.reason, member.behind = ServerState.AWAY, reason, None

    def _drop(self, member: Member, error: BackendError | str) -> None:
        reason = error if isinstance(error, str) else in_words(error)
        member.state, member.reason, member.behind = ServerState.DROPPED, reason, None
        _log.info("the chain server %s is dropped: %s", member.place, error)
        if not self._connected():
            self._listener(SourceLost())

    def _hear(self, member: Member, notice: Notice) -> None:
        if member.state is not ServerState.CONNECTED:
            if isinstance(notice, ChainTip):
                member.tip = notice
            return
        match notice:
            case ChainTip(height, header):
                member.tip = notice
                try:
                    self._learn(member, TipSeen(height, header))
                except BackendError as error:
                    self._drop(member, error)
                else:
                    self._tell_tip(member)
            case ScriptChanged():
                self._listener(notice)
            case SourceLost():
                self._leave(member, "the connection ended")
                if not self._connected():
                    self._listener(notice)

    def _tell_tip(self, member: Member) -> None:
        # What does not link yet is asked for with `headers`, and checked then.
        unchecked = member.behind is not None and member.tip is not None
        self._listener(member.tip if unchecked and member.tip else self._best())

    # Headers

    def _known(self) -> HeaderChain:
        if self._chain is None:
            raise SourceUnreachable(Phrase("there is no connection to a chain server"))
        return self._chain

    def _best(self) -> ChainTip:
        chain = self._known()
        return ChainTip(chain.height, Header.parse(chain.raw(chain.height)))

    def _learn(self, member: Member, fact: Fact) -> None:
        before = self._known()
        after = step(Tracker(before, behind=member.behind), fact).tracker
        member.behind = after.behind
        if after.chain is not before:
            self._chain = after.chain
            self._store.save(after.chain)

    async def _catch_up(self, height: int) -> None:
        """Asks servers one after the other; the second mostly has nothing to add."""
        for member in self._connected():
            try:
                if member.behind is not None and member.tip is not None:
                    self._learn(member, TipSeen(member.tip.height, member.tip.header))
                while member.behind is not None and self._known().height < height:
                    want = member.behind
                    found = await member.source.headers(want.start, want.count)
                    self._learn(member, HeadersSeen(want.start, found))
            except SourceUnreachable as error:
                self._leave(member, in_words(error))
            except BackendError as error:
                self._drop(member, error)
        self._need_connected()

    def _agrees(self, member: Member, height: int) -> bool:
        """Whether a server is on our chain, at least up to a height."""
        tip = member.tip
        return (
            tip is not None
            and tip.height >= height
            and self._known().hash_at(tip.height) == tip.header.hash
        )

    def _check_root(self, txid: Txid, proof: MerkleProof) -> None:
        header = self._known().at(proof.height)
        if header is not None:
            check_branch(header, txid, proof)

    # Answers

    async def _of_all(self, ask: Callable[[ChainSource], Awaitable[_T]]) -> list[tuple[Member, _T]]:
        asked = self._need_connected()
        answers = await asyncio.gather(
            *(ask(member.source) for member in asked), return_exceptions=True
        )
        good: list[tuple[Member, _T]] = []
        errors: list[BaseException] = []
        for member, answer in zip(asked, answers, strict=True):
            if isinstance(answer, BaseException):
                errors.append(answer)
                self._blame(member, answer, last=len(errors) == len(asked))
            else:
                good.append((member, answer))
        if not good:
            raise errors[0]
        return good

    async def _of_first(self, ask: Callable[[ChainSource], Awaitable[_T]]) -> _T:
        failure: BackendError | None = None
        asked = self._need_connected()
        for member in asked:
            try:
                return await ask(member.source)
            except BackendError as error:
                self._blame(member, error, last=len(asked) == 1)
                if failure is None or isinstance(failure, _NothingThere):
                    failure = error
        assert failure is not None
        raise failure

    def _blame(self, member: Member, error: BaseException, *, last: bool) -> None:
        """A server that fails is away, one that lies is dropped; the last one is the caller's."""
        if not isinstance(error, BackendError):
            raise error
        if last or member.state is not ServerState.CONNECTED:
            return
        if isinstance(error, SourceUnreachable):
            self._leave(member, in_words(error))
        elif isinstance(error, ProofRefused):
            if self._agrees(member, error.height):
                self._drop(member, error)
        elif isinstance(error, SourceMisbehaved):
            self._drop(member, error)

    # Disputes

    async def _settle(
        self, script_pubkey: bytes, item: HistoryItem, claims: Claims[Member]
    ) -> None:
        """Finds out who is right about a transaction that only some servers name."""
        header = self._known().at(item.height)
        claimants = [m for m in claims.who_named(item) if m.state is ServerState.CONNECTED]
        if header is None or not claimants:
            return
        claimant = claimants[0]
        try:
            transaction = await claimant.source.transaction(item.txid)
            if not await pays_or_spends(transaction, script_pubkey, claimant.source):
                raise SourceMisbehaved(
                    Phrase("{txid} has nothing to do with the script", txid=item.txid)
                )
            check_proof(header, transaction, await self._proof_of(claimant, item))
        except BackendError as error:
            claims.strike(item)
            self._blame(claimant, error, last=False)
            return
        for member in claims.who_left_out(item):
            if self._agrees(member, item.height) and not await _names(member, script_pubkey, item):
                self._drop(
                    member,
                    Phrase(
                        "it left out {txid}, which block {height} holds",
                        txid=item.txid,
                        height=str(item.height),
                    ),
                )

    async def _proof_of(self, member: Member, item: HistoryItem) -> MerkleProof:
        proof = await member.source.merkle_proof(item.txid, item.height)
        return replace(proof, height=item.height)


class _NothingThere(BackendError):
    """A block has no transaction at that place, or so a server says."""


async def _names(member: Member, script_pubkey: bytes, item: HistoryItem) -> bool:
    """Asks again: the block may have come between the two servers' answers."""
    try:
        return item in await member.source.script_history(script_pubkey)
    except BackendError:
        return True
