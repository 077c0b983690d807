"""Every way to give a tip, whole: fan, three channels, the creator's own server and node."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.fakes import until
from tests.picturing import view as picture_of
from tipdesk.app.config import load_settings
from tipdesk.app.container import App, build_app
from tipdesk.app.export import export_history
from tipdesk.base.ids import NodeId, TipId
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.demo.fan import build_fan, prepare_fan
from tipdesk.demo.practice_child import PracticeChild
from tipdesk.ports.writing import Posting
from tipdesk.services.tip_plan import DirectIntent, TipIntent
from tipdesk.services.views import PostView, TipView
from tipdesk.tips.export import ExportFormat
from tipdesk.tips.timeline import EVERYTHING
from tipdesk.tips.tip import TipStatus
from tipdesk.tips.visibility import Visibility
from tipdesk.tips.way import Address, Node, read_way

AMOUNT = Msat(21_000)
CREATOR = "musician"
PHOTOGRAPHER = "photographer"


async def done(app: App, tip_id: TipId, *, with_receipt: bool) -> TipView:
    wanted = TipStatus.RECEIPT_SEEN if with_receipt else TipStatus.PAID

    def view() -> TipView:
        found = app.tips.tip(tip_id)
        assert found is not None
        assert found.state is not TipStatus.FAILED, found.sentence
        return found

    await until(lambda: view().state is wanted, within=20.0)
    return view()


async def received(practice: PracticeChild, view: TipView) -> int | None:
    answer: dict[str, Any] = await practice.call_member(
        CREATOR, "received", payment_hash=str(view.payment_hash)
    )
    amount: int | None = answer["amount_msat"]
    return amount


async def test_tips_of_every_way_arrive_also_for_a_picture_post_of_this_moment(
    tmp_path: Path,
) -> None:
    practice = PracticeChild(tmp_path / "practice")
    try:
        await practice.start()
        app = await build_fan(tmp_path / "fan", practice)
        async with app.running():
            await prepare_fan(app, practice, lambda _: None)
            views = await tip_every_way(app, practice)
            for view in views.values():
                assert view.fee is not None
                assert await received(practice, view) == AMOUNT.value
            await tip_a_picture_post(app, practice)
    finally:
        await practice.stop()
    lines = await history(tmp_path / "practice" / CREATOR)
    assert not [line for line in lines if line["kind"] == "payment received"]
    told = {line["payment_hash"]: line for line in lines if line["kind"] == "tip received"}
    by_way = {way: told[str(view.payment_hash)] for way, view in views.items()}
    assert by_way["public"]["person"]
    # The key of an anonymous zap is nobody's; the others bring none at all.
    assert not by_way["anonymous"].get("person")
    assert not by_way["address"].get("person")
    assert not by_way["node"].get("person")
    assert {way: line["text"] for way, line in by_way.items()} == {
        "public": "in the open",
        "anonymous": "guess who",
        "address": "by address",
        "node": "unasked",
    }


async def tip_every_way(app: App, practice: PracticeChild) -> dict[str, TipView]:
    creator = practice.description["creators"][CREATOR]["pubkey"]

    def posts() -> list[PostView]:
        return [p for p in app.feeds.posts(limit=50) if p.post.author.hex() == creator]

    await until(lambda: any(post.author.can_be_tipped for post in posts()), within=20.0)
    post = posts()[0]
    who, target = post.post.author, post.post.id
    public = TipIntent(who, target, AMOUNT, "in the open")
    hidden = TipIntent(who, target, AMOUNT, "guess who", visibility=Visibility.ANONYMOUS)
    assert post.author.lud16 is not None
    address = read_way(post.author.lud16, Network.REGTEST)
    assert isinstance(address, Address)
    node_id, _, _ = practice.description["nodes"][CREATOR].partition("@")
    node = read_way(node_id, Network.REGTEST)
    assert node == Node(NodeId(bytes.fromhex(node_id)))
    begun = {
        "public": app.tips.begin(public, undo_ms=0),
        "anonymous": app.tips.begin(hidden, undo_ms=0),
        "address": app.tips.begin(DirectIntent(address, AMOUNT, "by address"), undo_ms=0),
        "node": app.tips.begin(DirectIntent(node, AMOUNT, "unasked"), undo_ms=0),
    }
    zaps = ("public", "anonymous")
    return {way: await done(app, tip_id, with_receipt=way in zaps) for way, tip_id in begun.items()}


async def tip_a_picture_post(fan: App, practice: PracticeChild) -> None:
    """Written and uploaded by another profile, here as an app with its writing and its node."""
    await practice.call("halt", name=PHOTOGRAPHER)
    folder = practice.folder / PHOTOGRAPHER
    writer = await build_app(folder, load_settings(folder), practice=True, passphrase=None)
    async with writer.running():
        channels = writer.core.node.book
        await until(lambda: any(one.is_usable for one in channels.all()), within=20.0)
        posting = await published(writer)
        await until(lambda: fan.feeds.post(posting.event.id) is not None, within=20.0)
        seen = fan.feeds.post(posting.event.id)
        assert seen is not None
        [image] = seen.post.images
        assert (seen.post.kind, seen.post.title, image.alt) == (20, "Fog", "Hills under fog")
        assert image.url.startswith(practice.description["media_server"])
        assert await fan.images.fetch(image.url) == picture_of("fog").data
        tip = fan.tips.begin(
            TipIntent(seen.post.author, seen.post.id, AMOUNT, "for the fog"), undo_ms=0
        )
        await done(fan, tip, with_receipt=True)
        [income] = writer.creator.incoming(limit=1)
        assert (income.amount, income.comment) == (AMOUNT, "for the fog")
        assert writer.writing.drafts() == ()


async def published(writer: App) -> Posting:
    service = writer.writing
    picture = replace(await service.pictures.take(picture_of("fog")), alt="Hills under fog")
    draft = replace(service.new_draft(20), title="Fog", pictures=(picture,))
    draft = await service.upload(service.keep(draft), lambda _: None)
    return await service.publish(draft)


async def history(profile: Path) -> list[dict[str, Any]]:
    path = profile / "history.jsonl"
    await export_history(profile, path, ExportFormat.JSON, EVERYTHING)
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
