"""The demo without a window: tips, and what came of each as one JSON object a line."""

import asyncio
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tipdesk.app.container import App
from tipdesk.app.methods import stored_channels
from tipdesk.base.ids import PaymentHash, TipId
from tipdesk.base.units import Msat
from tipdesk.demo.fan import build_fan, prepare_fan
from tipdesk.demo.practice_child import PracticeChild
from tipdesk.demo.teller import Teller
from tipdesk.practice.cast import CREATORS, ROUTERS
from tipdesk.services.tip_plan import TipIntent
from tipdesk.services.views import PostView, TipView
from tipdesk.tips.budget import BudgetScope
from tipdesk.tips.payment import Succeeded
from tipdesk.tips.tip import TipStatus

POSTS_SECONDS: Final = 30.0
RECEIPT_SECONDS: Final = 30.0
TIP_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class HeadlessOptions:
    """How many tips of how much, and whether a machine or a person reads."""

    folder: Path
    tips: int
    amount: Msat
    as_json: bool


@dataclass(frozen=True, slots=True)
class Balances:
    """What the stored channels of fan, creators and routers hold, each asked of its own node."""

    fan: int
    creators: int
    routers: int


async def run_headless(options: HeadlessOptions) -> int:
    """The exit code: 0 only if every tip settled."""
    teller = Teller(options.as_json)
    practice = PracticeChild(options.folder / "practice")
    teller.progress("Starting the practice network: chain, relay, three routers, three creators")
    try:
        await practice.start()
        app = await build_fan(options.folder / "fan", practice)
        async with app.running():
            await prepare_fan(app, practice, teller.progress)
            teller.tell(
                "network.ready",
                **{k: v for k, v in practice.description.items() if k != "event"},
            )
            return await _tip_all(app, practice, options, teller)
    finally:
        await practice.stop()


async def _tip_all(
    app: App, practice: PracticeChild, options: HeadlessOptions, teller: Teller
) -> int:
    posts = await _posts(app)
    for view in posts:
        teller.tell(
            "post.seen",
            event_id=str(view.post.id),
            author=view.author.title,
            kind=view.post.kind,
            created_at=view.post.created_at,
        )
    for scope in BudgetScope:
        # As many as were ordered: the coins are for practice.
        app.allowance.set_budget(scope, None)
    before = await _balances(app, practice)
    views = [
        await _one_tip(app, practice, posts[number % len(posts)], options.amount, teller)
        for number in range(options.tips)
    ]
    after = await _balances(app, practice)
    settled = [view for view in views if view.state.is_paid]
    teller.tell("summary", **_summary(views, settled, before, after))
    return 0 if len(settled) == options.tips else 1


async def _posts(app: App) -> list[PostView]:
    """The newest posts that can be tipped, from every creator."""
    deadline = asyncio.get_running_loop().time() + POSTS_SECONDS
    while asyncio.get_running_loop().time() < deadline:
        posts = [view for view in app.feeds.posts(limit=50) if view.author.can_be_tipped]
        if len({view.author.pubkey for view in posts}) == len(CREATORS):
            return posts[:12]
        await asyncio.sleep(0.05)
    return [view for view in app.feeds.posts(limit=12) if view.author.can_be_tipped]


async def _one_tip(
    app: App, practice: PracticeChild, post: PostView, amount: Msat, teller: Teller
) -> TipView:
    tip_id = app.tips.begin(
        TipIntent(
            recipient=post.post.author,
            target_event=post.post.id,
            amount=amount,
            comment="Sent by the demo",
        ),
        undo_ms=0,
    )
    view = await _wait(app, tip_id, lambda v: v.payment_hash is not None or _is_over(v))
    if view.payment_hash is not None:
        teller.tell(
            "invoice.ok", payment_hash=str(view.payment_hash), amount_msat=view.amount.value
        )
    view = await _wait(app, tip_id, _is_over)
    if not view.state.is_paid or view.payment_hash is None:
        teller.tell("tip.failed", reason=view.sentence)
        return view
    teller.tell(
        "tip.settled",
        payment_hash=str(view.payment_hash),
        preimage=await _preimage(app, view.payment_hash),
        amount_msat=view.amount.value,
        fee_msat=None if view.fee is None else view.fee.value,
        channels=view.channels,
        pay_ms=view.pay_ms,
        tip_ms=view.took_ms,
    )
    await _tell_received(practice, post, view.payment_hash, teller)
    view = await _wait(app, tip_id, lambda v: v.receipt is not None, RECEIPT_SECONDS)
    if view.receipt is not None:
        teller.tell("receipt.seen", event_id=str(view.receipt), valid=True)
    return view


async def _tell_received(
    practice: PracticeChild, post: PostView, payment_hash: PaymentHash, teller: Teller
) -> None:
    creators: dict[str, Any] = practice.description["creators"]
    pubkey = str(post.author.pubkey)
    name = next(name for name, creator in creators.items() if creator["pubkey"] == pubkey)
    received = await practice.call_member(name, "received", payment_hash=str(payment_hash))
    teller.tell(
        "creator.received", payment_hash=str(payment_hash), amount_msat=received["amount_msat"]
    )


async def _preimage(app: App, payment_hash: PaymentHash) -> str:
    update = await app.core.backend.lookup(payment_hash)
    return update.preimage.hex() if isinstance(update, Succeeded) else ""


def _is_over(view: TipView) -> bool:
    return view.state.is_paid or view.state in (TipStatus.FAILED, TipStatus.CANCELLED)


async def _wait(
    app: App, tip_id: TipId, done: Callable[[TipView], bool], seconds: float = TIP_SECONDS
) -> TipView:
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        view = app.tips.tip(tip_id)
        if view is not None and (done(view) or asyncio.get_running_loop().time() > deadline):
            return view
        await asyncio.sleep(0.002)


async def _balances(app: App, practice: PracticeChild) -> Balances:
    """Read when nothing is under way anywhere."""
    while True:
        fan = stored_channels(app.core)
        names = [m.name for m in ROUTERS + CREATORS]
        answers = await asyncio.gather(
            *(practice.call_member(name, "stored_balance") for name in names)
        )
        stored = dict(zip(names, answers, strict=True))
        if fan.htlcs == 0 and all(answer["htlcs"] == 0 for answer in answers):
            return Balances(
                fan=fan.local_balance.value,
                creators=sum(stored[m.name]["local_balance_msat"] for m in CREATORS),
                routers=sum(stored[m.name]["local_balance_msat"] for m in ROUTERS),
            )
        await asyncio.sleep(0.02)


def _summary(
    views: list[TipView], settled: list[TipView], before: Balances, after: Balances
) -> dict[str, object]:
    pay = [view.pay_ms for view in settled if view.pay_ms is not None]
    tip = [view.took_ms for view in settled if view.took_ms is not None]
    return {
        "tips": len(views),
        "settled": len(settled),
        "failed": len(views) - len(settled),
        "pay_p50_ms": _percentile(pay, 50),
        "pay_p95_ms": _percentile(pay, 95),
        "tip_p50_ms": _percentile(tip, 50),
        "tip_p95_ms": _percentile(tip, 95),
        "fan_spent_msat": before.fan - after.fan,
        "creator_received_msat": after.creators - before.creators,
        "fees_msat": after.routers - before.routers,
    }


def _percentile(values: list[int], percent: int) -> float | None:
    if not values:
        return None
    if len(values) == 1:
        return values[0]
    return round(statistics.quantiles(values, n=100, method="inclusive")[percent - 1], 1)
