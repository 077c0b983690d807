"""Scenes of the fan's side; `gallery` renders them."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from tests.ui import content
from tests.ui.keys_plays import KEYS_PLAYS
from tests.ui.route_plays import ROUTE_PLAYS
from tests.ui.stage import INVOICE, Stage
from tests.ui.stage_messages import READER
from tests.ui.stage_money import on_chain
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.units import Msat, Sat
from tipdesk.lnurl.codec import encode
from tipdesk.nostr.nip19 import encode_note, encode_npub
from tipdesk.services.follows import ImportOutcome
from tipdesk.services.own_lists import NewestUnknown
from tipdesk.services.publishing import ProfileLeftAlone
from tipdesk.services.views import PrivateNote
from tipdesk.tips.budget import BudgetScope
from tipdesk.tips.timeline import LineKind, LineState
from tipdesk.tips.tip import Reward, TipStatus
from tipdesk.tips.visibility import Visibility
from tipdesk.ui.viewmodels.messages import Side as MessageSide
from tipdesk.ui.viewmodels.own_profile import Field
from tipdesk.ui.viewmodels.wallet import Code
from tipdesk.ui.views.creator import Side as DeskSide
from tipdesk.ui.views.history import HistoryPage
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.own_profile import OwnProfilePanel, Side
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.views.safety import SafetyPanel
from tipdesk.ui.views.send import SendPanel
from tipdesk.ui.views.wallet import WalletPage

Play = Callable[[MainWindow, Stage], Awaitable[None]]
SIZES = ((1_280, 800), (1_024, 700))
_SETTLE_S = 0.35
SHIFT = Qt.KeyboardModifier.ShiftModifier


def go_to(window: MainWindow, stage: Stage, text: str) -> None:
    """The keyboard is on the post that begins so."""
    rows = enumerate(stage.feeds.posts())
    row = next(row for row, view in rows if view.post.text.startswith(text))
    window.pages.feed.list.set_current(row)


async def feed(window: MainWindow, stage: Stage) -> None:
    """Posts with totals and what is proven of them; a picture that the keyboard is on."""
    go_to(window, stage, "Market day")
    await asyncio.sleep(_SETTLE_S)
    for _ in range(2):
        QTest.keyClick(window.pages.feed.list, Qt.Key.Key_Right)


async def panel(window: MainWindow, stage: Stage) -> None:
    """One's own amount, to one person."""
    stage.messages.words.reachable.add(content.ANA.pubkey)
    QTest.keyClick(window.pages.feed.list, Qt.Key.Key_J)
    QTest.keyClick(window.pages.feed.list, Qt.Key.Key_T, SHIFT)
    window.tip_panel.amount.setText("2,100")
    window.tip_panel.draft.set_visibility(Visibility.PRIVATE)
    window.tip_panel.comment.setText("For the strings")


async def shared(window: MainWindow, stage: Stage) -> None:
    """A picture of a post whose tips are shared, in fiat."""
    await feed(window, stage)
    QTest.keyClick(window.pages.feed.list, Qt.Key.Key_T, SHIFT)
    window.tip_panel.amount.unit.click()
    window.tip_panel.amount.setText("1.50")
    window.tip_panel.comment.setFocus()


async def again(window: MainWindow, stage: Stage) -> None:
    """An amount that has to be typed twice; no rate."""
    stage.rates.lose()
    QTest.keyClick(window.pages.feed.list, Qt.Key.Key_T, SHIFT)
    window.tip_panel.amount.setText("60,000")
    window.tip_panel.form.send()
    window.tip_panel.form.again.setText("6,000")
    window.tip_panel.form.send()


async def viewer(window: MainWindow, stage: Stage) -> None:
    """A picture, large, just tipped."""
    stage.clock.run()
    view = next(v for v in stage.feeds.posts() if len(v.post.images) == 4)
    window.viewer.open_for(view, 2)
    await asyncio.sleep(_SETTLE_S)
    window.models.tips.send(view, Msat(21_000), picture=view.post.images[2].url)


async def tray(window: MainWindow, stage: Stage) -> None:
    """A shared tip whose parts stand differently, one that can be undone, one long in flight."""
    stage.clock.run()
    view = next(v for v in stage.feeds.posts() if len(v.post.images) == 4)
    window.models.tips.send(view, Msat(100_000))
    one, two, three = sorted((t for t in stage.tips.tips() if t.gift), key=lambda t: t.amount)
    stage.tips.settle(one.tip_id)
    failed = content.tip(0, content.DANA, TipStatus.FAILED, 0, amount=two.amount)
    stage.tips.put(replace(two, state=failed.state, can_undo=False, can_retry=True))
    stage.tips.put(replace(stage.tips.all[three.tip_id], state=TipStatus.PAYING, can_undo=False))
    go_to(window, stage, "New single")
    QTest.keyClick(window.pages.feed.list, Qt.Key.Key_T)
    await asyncio.sleep(1.2)


async def reward(window: MainWindow, stage: Stage) -> None:
    """What came back for a tip: words and a link."""
    flying = content.tip(3_000, content.BELA, TipStatus.PAYING, 0, amount=Msat(500_000))
    stage.tips.put(flying)
    url = "https://pictures.example/prints/14/download?token=mF_9.B5f-4.1JqM"
    stage.tips.settle(flying.tip_id, reward=Reward("Your print in full size, for a week", url))
    await asyncio.sleep(_SETTLE_S)
    window.tray.bars[0].button.click()


async def code(window: MainWindow, stage: Stage) -> None:
    """A code for a machine, and the tip that waits to be looked at."""
    for n, text in ((3_000, "PIN 4711"), (3_001, "PIN 0815")):
        paid = content.tip(n, content.CHIDI, TipStatus.PAYING, 0, amount=Msat(500_000))
        stage.tips.put(paid)
        stage.tips.settle(paid.tip_id, reward=Reward(text))
    await asyncio.sleep(_SETTLE_S)
    window.tray.bars[0].button.click()


def open_send(window: MainWindow, pasted: str) -> SendPanel:
    """The panel that sends, with something pasted into it."""
    window.open_page(PageName.WALLET)
    page = window.pages.page(PageName.WALLET)
    assert isinstance(page, WalletPage)
    page.open_send()
    assert page.send_panel is not None
    page.send_panel.text.setPlainText(pasted)
    return page.send_panel


async def send_empty(window: MainWindow, stage: Stage) -> None:
    """Nothing pasted yet."""
    open_send(window, "")


async def send_person(window: MainWindow, stage: Stage) -> None:
    """Somebody on Nostr."""
    panel = open_send(window, encode_npub(content.BELA.pubkey))
    panel.tip.amount.setText("5,000")


async def send_page(window: MainWindow, stage: Stage) -> None:
    """An LNURL."""
    panel = open_send(window, encode("https://pictures.example/pay/14"))
    await asyncio.sleep(_SETTLE_S)
    panel.button.click()
    await asyncio.sleep(_SETTLE_S)
    panel.tip.amount.setText("2,100")
    panel.tip.comment.setText("Print no. 14")


async def history_on_chain(window: MainWindow, stage: Stage) -> None:
    """What came in and what was sent on chain: final, and waiting for blocks."""
    stage.timeline.add(on_chain(61, LineState.SETTLED))
    stage.timeline.add(on_chain(62, LineState.UNDER_WAY))
    stage.timeline.add(on_chain(63, LineState.SETTLED, LineKind.ONCHAIN_RECEIVED))
    window.open_page(PageName.HISTORY)
    await asyncio.sleep(_SETTLE_S)
    page = window.pages.history
    page.list.set_current(2)
    QTest.keyClick(page.list, Qt.Key.Key_Return)


async def wallet_notes(window: MainWindow, stage: Stage) -> None:
    """A note on a payment, and another one that is being written."""
    first, second = stage.wallet.payments(2)
    stage.timeline.note_payment(first.payment_hash, "for the office, two bags")
    stage.timeline.note_payment(second.payment_hash, "Market, second stall")
    window.open_page(PageName.WALLET)
    await asyncio.sleep(_SETTLE_S)
    rows = window.pages.wallet.list
    rows.setFocus()
    rows.set_current(1)
    QTest.keyClick(rows, Qt.Key.Key_N)


async def send_link(window: MainWindow, stage: Stage) -> None:
    """An LNURL that nobody was asked about yet."""
    open_send(window, encode("https://pictures.example/pay/14"))


async def send_invoice(window: MainWindow, stage: Stage) -> None:
    """An invoice large enough to be asked about."""
    panel = open_send(window, INVOICE)
    await asyncio.sleep(_SETTLE_S)
    panel.button.click()


async def send_wrong(window: MainWindow, stage: Stage) -> None:
    """Something that leads nowhere."""
    open_send(window, "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq")


def open_history(window: MainWindow) -> HistoryPage:
    """The page, open."""
    window.open_page(PageName.HISTORY)
    page = window.pages.page(PageName.HISTORY)
    assert isinstance(page, HistoryPage)
    return page


async def history(window: MainWindow, stage: Stage) -> None:
    """Everything; a payment of each direction is with somebody of the book."""
    for number, name in ((2, "Tomás, roaster"), (4, "Aunt Ilse")):
        stage.timeline.names[PaymentHash(content.number(60_000 + number))] = name
    open_history(window)


async def history_search(window: MainWindow, stage: Stage) -> None:
    """Some of it."""
    page = open_history(window)
    page.person.setText("béla")
    page.least.setText("100")
    page.what._take("Tips")
    await asyncio.sleep(_SETTLE_S)


async def history_line(window: MainWindow, stage: Stage) -> None:
    """One line with all that is known of it."""
    page = open_history(window)
    page.list.set_current(1)
    await asyncio.sleep(_SETTLE_S)
    QTest.keyClick(page.list, Qt.Key.Key_Return)


async def history_none(window: MainWindow, stage: Stage) -> None:
    """Nothing fits."""
    open_history(window).words.setText("a word that nobody wrote")
    await asyncio.sleep(_SETTLE_S)


async def history_empty(window: MainWindow, stage: Stage) -> None:
    """Nothing has moved; fiat is off."""
    stage.timeline.count = 0
    open_history(window)


def open_safety(window: MainWindow) -> SafetyPanel:
    """The panel of limits."""
    window.open_page(PageName.WALLET)
    page = window.pages.page(PageName.WALLET)
    assert isinstance(page, WalletPage)
    page.open_safety()
    assert page.safety_panel is not None
    return page.safety_panel


async def safety(window: MainWindow, stage: Stage) -> None:
    """Limits, and a rate."""
    stage.allowance.used = Msat(82_400_000)
    open_safety(window)


async def safety_amounts(window: MainWindow, stage: Stage) -> None:
    """Amounts of one press, of which one is over a limit."""
    panel = open_safety(window)
    panel.presets.open()
    for edit, text in zip(panel.presets.edits, ("21", "100", "9,000,000"), strict=True):
        edit.setText(text)
    panel.presets.keep_button.click()


async def person_amounts(window: MainWindow, stage: Stage) -> None:
    """Somebody with amounts of their own, which are written anew."""
    stage.amounts.set_own(content.ANA.pubkey, (Sat(21), Sat(500), Sat(5_000)))
    await person(window, stage)
    window.people.person.presets.open()


async def safety_ask(window: MainWindow, stage: Stage) -> None:
    """Fiat is about to be turned on; a limit that is none."""
    stage.rates.use(None)
    panel = open_safety(window)
    panel.currency._take("EUR")
    panel.budgets[BudgetScope.APP].none.click()


async def messages(window: MainWindow, stage: Stage) -> None:
    """A conversation, and one being written."""
    stage.messages.words.reachable |= {p.pubkey for p in content.PEOPLE}
    window.open_conversation(content.ANA.pubkey)
    await asyncio.sleep(_SETTLE_S)
    window.pages.messages.pane.composer.edit.setPlainText("Nine it is. Shall I bring")


async def messages_failed(window: MainWindow, stage: Stage) -> None:
    """One that was not delivered, to somebody who takes none any more."""
    stage.messages.words.reachable.clear()
    window.open_conversation(content.CHIDI.pubkey)


async def messages_first(window: MainWindow, stage: Stage) -> None:
    """Nobody is chosen; nobody can write to us."""
    stage.messages.places.ours = ()
    window.open_page(PageName.MESSAGES)


async def messages_request(window: MainWindow, stage: Stage) -> None:
    """A stranger wrote."""
    window.open_page(PageName.MESSAGES)
    window.pages.messages.sides[MessageSide.REQUESTS].click()
    window.open_conversation(READER.pubkey)


async def messages_hostile(window: MainWindow, stage: Stage) -> None:
    """Markup, and a word without an end."""
    stage.messages.words.reachable |= {p.pubkey for p in content.PEOPLE}
    window.open_conversation(content.EVIL.pubkey)
    window.pages.messages.pane.composer.edit.setPlainText("word " * 1_560)


async def messages_arabic(window: MainWindow, stage: Stage) -> None:
    """From right to left."""
    stage.messages.words.reachable |= {p.pubkey for p in content.PEOPLE}
    window.open_conversation(content.DANA.pubkey)


async def messages_new(window: MainWindow, stage: Stage) -> None:
    """Whom to write to."""
    await messages(window, stage)
    window.pages.messages.open_new()
    assert window.pages.messages.new_panel is not None
    window.pages.messages.new_panel.text.setText("a")


async def messages_places(window: MainWindow, stage: Stage) -> None:
    """Where we take messages; a change that was not published."""
    await messages(window, stage)
    page = window.pages.messages
    page.open_places()
    assert page.places_panel is not None
    await asyncio.sleep(_SETTLE_S)
    page.places_panel.address.setText("http://not-a-relay.example")
    page.places_panel.add_button.click()


async def private_income(window: MainWindow, stage: Stage) -> None:
    """A tip whose words are for the creator alone."""
    note = PrivateNote(content.CHIDI, "For Sundays. Please do not read this out on the stream.")
    paid = replace(content.incoming()[1], in_private=note, claimed_name="")
    window.open_page(PageName.CREATOR)
    stage.creator.land(replace(paid, payment_hash=PaymentHash(content.number(60_000))))


async def private_nowhere(window: MainWindow, stage: Stage) -> None:
    """A tip to somebody who takes no private words."""
    QTest.keyClick(window.pages.feed.list, Qt.Key.Key_J)
    QTest.keyClick(window.pages.feed.list, Qt.Key.Key_T, SHIFT)


def write_links(stage: Stage) -> None:
    """A post with links to somebody, to a post and to the web; a picture with no name yet."""
    post = stage.feeds.posts()[0].post
    text = (
        f"With nostr:{encode_npub(content.BELA.pubkey)} and "
        f"nostr:{encode_npub(content.DANA.pubkey)} at the harbour tonight: "
        f"https://music.example/tour/2026 and the set list in nostr:{encode_note(post.id)}."
    )
    new = EventId(content.number(400))
    stage.feeds.add(replace(post, id=new, text=text, created_at=post.created_at + 60))


async def person(window: MainWindow, stage: Stage) -> None:
    """Somebody, with a confirmed name."""
    write_links(stage)
    about = "Cello, voice, tiles.\nOn the road with @bela until the rain stops. https://ana.example"
    stage.feeds.put_person(replace(content.ANA, nip05="ana@music.example", about=about))
    await asyncio.sleep(_SETTLE_S)
    window.pages.feed.list.set_current(0)
    QTest.keyClick(window.pages.feed.list, Qt.Key.Key_P)


async def following(window: MainWindow, stage: Stage) -> None:
    """A name that is about to be looked up; one follow that waits."""
    stage.follows.waiting.append(content.CHIDI.pubkey)
    window.people.open_following(window.pages.feed.rect())
    window.people.following.field.setText("fran@example.org")


async def brought(window: MainWindow, stage: Stage) -> None:
    """What an import brought."""
    stage.follows.brings = ImportOutcome(
        added=(content.FRAN.pubkey, content.LONG.pubkey), removed=(content.EVIL.pubkey,)
    )
    window.people.bring_over(window.pages.feed.rect())


def open_own(window: MainWindow) -> OwnProfilePanel:
    """One's own profile, from the rail."""
    window.rail.myself.click()
    return window.people.own


async def own(window: MainWindow, stage: Stage) -> None:
    """What the relays have; a name that another app wrote."""
    stage.publishing.fields |= {
        "display_name": "Mika <b>Lindqvist</b>",
        "nip05": "mika@mika.example",
    }
    stage.feeds.put_person(replace(content.ME, title="Mika <b>Lindqvist</b>"))
    open_own(window)


async def own_wrong(window: MainWindow, stage: Stage) -> None:
    """Fields that cannot be published as they are."""
    panel = open_own(window)
    await asyncio.sleep(_SETTLE_S)
    for field, text in (
        (Field.NAME, "ميكا"),
        (Field.PICTURE, "my picture"),
        (Field.LIGHTNING, "mika at home"),
        (Field.NIP05, "mika"),
    ):
        edit = panel.form.fields[field].edit
        assert isinstance(edit, QLineEdit)
        edit.setText(text)


async def own_away(window: MainWindow, stage: Stage) -> None:
    """No relay answers."""
    stage.publishing.problem = NewestUnknown(kind=0, asked=2, answered=0)
    open_own(window)


async def own_left(window: MainWindow, stage: Stage) -> None:
    """A profile that cannot be read."""
    stage.publishing.problem = ProfileLeftAlone(DecodeError("not JSON"))
    open_own(window)


async def own_relays(window: MainWindow, stage: Stage) -> None:
    """The list, and one that would be neither written to nor read."""
    panel = open_own(window)
    panel.open_side(Side.RELAYS)
    await asyncio.sleep(_SETTLE_S)
    panel.relays.rows[1].reads.click()


async def stranger(window: MainWindow, stage: Stage) -> None:
    """Somebody of whom nothing is known yet."""
    window.people.open_person(XOnlyPubkey(content.number(8_001)), QRect(360, 120, 200, 40))


async def message_name(window: MainWindow, stage: Stage) -> None:
    """A name that is about to be looked up."""
    window.open_page(PageName.MESSAGES)
    window.pages.messages.open_new()
    assert window.pages.messages.new_panel is not None
    window.pages.messages.new_panel.text.setText("fran@example.org")


async def receiving(window: MainWindow, stage: Stage) -> None:
    """The creator's side of it."""
    window.open_page(PageName.CREATOR)
    window.pages.creator.open_side(DeskSide.RECEIVING)


async def links(window: MainWindow, stage: Stage) -> None:
    """The reader, and a web address before it is opened."""
    write_links(stage)
    await asyncio.sleep(_SETTLE_S)
    window.pages.feed.list.set_current(0)
    QTest.keyClick(window.pages.feed.list, Qt.Key.Key_Return)
    text = window.reader.text
    text.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(2):
        QTest.keyClick(text, Qt.Key.Key_Tab)
    QTest.keyClick(text, Qt.Key.Key_Return)


async def wallet(window: MainWindow, stage: Stage) -> None:
    """What can be spent, and every reason why the rest cannot."""
    window.open_page(PageName.WALLET)
    await asyncio.sleep(_SETTLE_S)


async def wallet_empty(window: MainWindow, stage: Stage) -> None:
    """Nothing there yet, and what to do about it."""
    stage.channels.views.clear()
    stage.wallet.confirmed = stage.wallet.unconfirmed = Sat(0)
    stage.wallet.forget()
    await wallet(window, stage)


async def wallet_coins(window: MainWindow, stage: Stage) -> None:
    """Coins, and no channel."""
    stage.channels.views.clear()
    await wallet(window, stage)


async def wallet_away(window: MainWindow, stage: Stage) -> None:
    """The chain server is silent."""
    stage.wallet.chain_told_at = stage.clock.now().plus_ms(-40 * content.MINUTE)
    await wallet(window, stage)


COIN = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"


async def send_coin(window: MainWindow, stage: Stage) -> None:
    """An address on chain, with what paying it costs."""
    open_send(window, f"bitcoin:{COIN}?amount=0.00021&label=Ana%20Ruiz%20prints")
    await asyncio.sleep(_SETTLE_S)


async def send_refund(window: MainWindow, stage: Stage) -> None:
    """A page that pays, asked how much."""
    open_send(window, "lnurlw://shop.example/w").button.click()
    await asyncio.sleep(_SETTLE_S)


async def send_login(window: MainWindow, stage: Stage) -> None:
    """A page to log in to."""
    open_send(window, f"keyauth://login.example/l?tag=login&k1={'ab' * 32}&action=register")
    await asyncio.sleep(_SETTLE_S)


async def receive(window: MainWindow, stage: Stage) -> None:
    """A code for any wallet."""
    window.open_page(PageName.WALLET)
    window.pages.wallet.open_receive()
    panel = window.pages.wallet.receive_panel
    assert panel is not None
    panel.amount.setText("21,000")
    panel.make_button.click()
    await asyncio.sleep(_SETTLE_S)
    window.models.wallet.show_code(Code.BOTH)


async def receive_first(window: MainWindow, stage: Stage) -> None:
    """What is asked before."""
    window.open_page(PageName.WALLET)
    window.pages.wallet.open_receive()


async def channels(window: MainWindow, stage: Stage) -> None:
    """Every channel with how it stands."""
    window.open_page(PageName.CHANNELS)


async def channels_open(window: MainWindow, stage: Stage) -> None:
    """What opening costs."""
    window.open_page(PageName.CHANNELS)
    window.pages.channels.ask_open()
    panel = window.pages.channels.open_panel
    assert panel is not None
    panel.amount.setText("20,000")


async def channels_close(window: MainWindow, stage: Stage) -> None:
    """What closing alone costs."""
    window.open_page(PageName.CHANNELS)
    window.pages.channels.ask_close(stage.channels.views[0])
    panel = window.pages.channels.close_panel
    assert panel is not None
    panel.force.setChecked(True)


async def backups(window: MainWindow, stage: Stage) -> None:
    """Where copies are, and a restore that was tested."""
    stage.backups.second = "/media/mika/stick"
    window.open_page(PageName.SETTINGS)
    window.pages.settings.open_section(window.pages.settings.backups)
    await asyncio.sleep(_SETTLE_S)
    window.pages.settings.backups.test_button.click()


PLAYS: dict[str, Play] = {
    "backups": backups,
    "channels": channels,
    "channels-open": channels_open,
    "channels-close": channels_close,
    "receive": receive,
    "receive-first": receive_first,
    "send-coin": send_coin,
    "send-refund": send_refund,
    "send-login": send_login,
    "wallet": wallet,
    "wallet-empty": wallet_empty,
    "wallet-coins": wallet_coins,
    "wallet-away": wallet_away,
    **KEYS_PLAYS,
    **ROUTE_PLAYS,
    "own": own,
    "own-wrong": own_wrong,
    "own-away": own_away,
    "own-left": own_left,
    "own-relays": own_relays,
    "stranger": stranger,
    "message-name": message_name,
    "receiving": receiving,
    "person": person,
    "following": following,
    "brought": brought,
    "links": links,
    "feed": feed,
    "panel": panel,
    "shared": shared,
    "again": again,
    "viewer": viewer,
    "tray": tray,
    "reward": reward,
    "code": code,
    "send-empty": send_empty,
    "send-person": send_person,
    "send-page": send_page,
    "send-invoice": send_invoice,
    "send-wrong": send_wrong,
    "history": history,
    "history-search": history_search,
    "history-line": history_line,
    "history-none": history_none,
    "history-empty": history_empty,
    "send-link": send_link,
    "wallet-notes": wallet_notes,
    "history-on-chain": history_on_chain,
    "safety": safety,
    "safety-ask": safety_ask,
    "safety-amounts": safety_amounts,
    "person-amounts": person_amounts,
    "messages": messages,
    "messages-failed": messages_failed,
    "messages-first": messages_first,
    "messages-request": messages_request,
    "messages-hostile": messages_hostile,
    "messages-arabic": messages_arabic,
    "messages-new": messages_new,
    "messages-places": messages_places,
    "private-income": private_income,
    "private-nowhere": private_nowhere,
}
