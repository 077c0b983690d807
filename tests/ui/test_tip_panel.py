"""The panel that tips: for whom, how public, at what price, in which money, asked twice or once."""

import asyncio
from dataclasses import replace

from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.test_pages import texts
from tipdesk.base.units import Msat
from tipdesk.nostr.nip57 import Share
from tipdesk.services.views import PostView
from tipdesk.tips.budget import BudgetScope
from tipdesk.tips.visibility import Visibility, who_learns_what
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.widgets.post_card import PostCard
from tipdesk.ui.widgets.text import plain_tooltip
from tipdesk.ui.widgets.tip_panel import TipPanel

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier


def row_of(stage: Stage, text: str) -> int:
    """Where a post stands in the feed."""
    views = enumerate(stage.feeds.posts())
    return next(row for row, view in views if view.post.text.startswith(text))


async def open_for(window: MainWindow, row: int) -> TipPanel:
    """The panel for the post of a row, opened by Shift+T."""
    posts = window.pages.feed.list
    posts.set_current(row)
    await until(lambda: isinstance(posts.card(row), PostCard))
    QTest.keyClick(posts, Qt.Key.Key_T, SHIFT)
    assert window.tip_panel.isVisible()
    return window.tip_panel


def view_of(stage: Stage, row: int) -> PostView:
    """The post of a row."""
    return stage.feeds.posts()[row]


def test_anonymous_is_chosen_by_key_and_the_line_says_who_learns_what(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        panel = await open_for(window, 0)
        assert panel.form.learns_text == who_learns_what(Visibility.PUBLIC)
        choice = panel.form.choices[Visibility.ANONYMOUS]
        choice.setFocus()
        QTest.keyClick(choice, Qt.Key.Key_Space)
        assert panel.form.learns_text == who_learns_what(Visibility.ANONYMOUS)
        assert panel.comment.placeholderText() == "A comment, public without your name"
        QTest.keyClick(panel.amount, Qt.Key.Key_Return)
        assert stage.tips.intents[0].visibility is Visibility.ANONYMOUS

    play(scene)


def test_private_is_offered_only_once_a_note_would_arrive(play: Play, stage: Stage) -> None:
    places = stage.messages.places
    stage.messages.words.sought.add(content.ANA.pubkey)

    async def scene(window: MainWindow) -> None:
        panel = await open_for(window, 0)
        private = panel.form.choices[Visibility.PRIVATE]
        assert not private.isEnabled()
        assert places.asked[0] == content.ANA.pubkey
        assert "Finding out whether Ana Ruiz takes private messages" in private.toolTip()
        places.found(content.ANA.pubkey, takes=True)
        await until(private.isEnabled)
        assert private.toolTip() == ""
        QTest.mouseClick(private, LEFT)
        assert panel.form.learns_text == who_learns_what(Visibility.PRIVATE)
        places.found(content.ANA.pubkey, takes=False)
        await until(lambda: not private.isEnabled())
        assert panel.draft.visibility is Visibility.PUBLIC
        said = "Ana Ruiz takes no private messages: words for them alone would not arrive."
        assert private.accessibleDescription() == said
        assert private.toolTip() == plain_tooltip(said)

    play(scene)


def test_private_is_not_offered_where_one_of_those_who_share_takes_no_notes(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        stage.messages.words.reachable |= {content.BELA.pubkey, content.ANA.pubkey}
        panel = await open_for(window, row_of(stage, "Market day"))
        private = panel.form.choices[Visibility.PRIVATE]
        assert not private.isEnabled()
        assert private.accessibleDescription().startswith("دانا takes no private messages")

    play(scene)


def test_who_shares_is_named_with_what_each_gets_and_it_adds_up(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = await open_for(window, row_of(stage, "Market day"))
        panel.amount.setText("101")
        shown = texts(panel.form.shares)
        assert [t for t in shown if t.endswith("sat")] == ["50.500 sat", "25.250 sat", "25.250 sat"]
        assert "Béla Photographs" in shown
        assert panel.cost_text.startswith("You pay at most 110 sat: 101 shared among 3, up to 9")
        QTest.keyClick(panel.comment, Qt.Key.Key_Return)
        parts = [t for t in stage.tips.tips() if t.gift is not None]
        assert sum(t.amount.value for t in parts) == 101_000

    play(scene)


def test_somebody_who_shares_without_an_address_is_said(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        row = row_of(stage, "Market day")
        event = view_of(stage, row).post.id
        stage.tips.shares[event] = (Share(content.EVIL.pubkey, 1), Share(content.FRAN.pubkey, 1))
        panel = await open_for(window, row)
        shown = texts(panel.form.shares)
        assert "Fran without an address · no lightning address is known" in shown
        assert content.EVIL.title in shown

    play(scene)


def test_t_tips_the_picture_that_the_arrow_keys_moved_to(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        posts = window.pages.feed.list
        row = row_of(stage, "Market day")
        posts.set_current(row)
        await until(lambda: isinstance(posts.card(row), PostCard))
        for _ in range(3):
            QTest.keyClick(posts, Qt.Key.Key_Right)
        QTest.keyClick(posts, Qt.Key.Key_Left)
        QTest.keyClick(posts, Qt.Key.Key_T)
        await until(lambda: len(stage.tips.intents) == 1)
        assert stage.tips.intents[0].picture == content.FOUR[1].url
        QTest.keyClick(posts, Qt.Key.Key_T, SHIFT)
        assert window.tip_panel.accessibleName() == "Tip Béla Photographs for picture 2 of 4"
        QTest.keyClick(window.tip_panel, Qt.Key.Key_Escape)
        QTest.keyClick(posts, Qt.Key.Key_J)
        QTest.keyClick(posts, Qt.Key.Key_K)
        QTest.keyClick(posts, Qt.Key.Key_T)
        await until(lambda: len(stage.tips.intents) == 2)
        assert stage.tips.intents[1].picture is None

    play(scene)


def test_the_viewer_tips_the_picture_it_shows_and_takes_it_back(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        stage.clock.run()
        view = view_of(stage, row_of(stage, "Market day"))
        window.viewer.open_for(view, 2)
        QTest.keyClick(window.viewer, Qt.Key.Key_T)
        assert stage.tips.intents[0].picture == content.FOUR[2].url
        await until(lambda: window.viewer.tip_button.undo_button.isVisible())
        QTest.mouseClick(window.viewer.tip_button.undo_button, LEFT)
        assert all(not t.can_undo for t in stage.tips.tips() if t.picture)
        QTest.keyClick(window.viewer, Qt.Key.Key_Left)
        QTest.keyClick(window.viewer, Qt.Key.Key_T, SHIFT)
        assert window.tip_panel.isVisible()
        assert window.tip_panel.draft.picture == content.FOUR[1].url

    play(scene)


def test_a_single_picture_is_tipped_as_its_post(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.viewer.open_for(view_of(stage, row_of(stage, "First light")), 0)
        QTest.keyClick(window.viewer, Qt.Key.Key_T)
        assert stage.tips.intents[0].picture is None

    play(scene)


def test_a_large_amount_is_typed_again_in_the_panel_before_it_goes(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        panel = await open_for(window, 0)
        panel.amount.setText("60,000")
        QTest.keyClick(panel.amount, Qt.Key.Key_Return)
        asked = "60,000 sat is a large tip. Type the amount again to send it. No money moved."
        assert asked in texts(panel)
        assert window.focusWidget() is panel.form.again
        QTest.keyClicks(panel.form.again, "6,000")
        QTest.keyClick(panel.form.again, Qt.Key.Key_Return)
        assert panel.form.problem_text.startswith("That is another amount.")
        assert stage.tips.intents == []
        panel.form.again.setText("60000")
        QTest.keyClick(panel.form.again, Qt.Key.Key_Return)
        assert [i.amount for i in stage.tips.intents] == [Msat(60_000_000)]
        assert panel.isHidden()

    play(scene)


def test_another_amount_takes_the_question_away(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = await open_for(window, 0)
        panel.amount.setText("60,000")
        panel.form.send()
        assert panel.form.again.isVisible()
        panel.amount.setText("600")
        assert not panel.form.again.isVisible()
        panel.form.send()
        assert [i.amount for i in stage.tips.intents] == [Msat(600_000)]

    play(scene)


def test_one_press_that_has_to_be_meant_opens_the_panel_with_the_question(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        stage.tips.habits = (Msat(1_000),) * 5
        QTest.keyClick(window.pages.feed.list, Qt.Key.Key_J)
        QTest.keyClick(window.pages.feed.list, Qt.Key.Key_T)
        assert window.tip_panel.isVisible()
        asked = "21 sat is 21 times your usual 1 sat."
        assert any(t.startswith(asked) for t in texts(window.tip_panel))
        assert stage.tips.intents == []

    play(scene)


def test_over_budget_is_a_sentence_in_the_panel(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        stage.allowance.set_budget(BudgetScope.DAY, Msat(1_300_000))
        panel = await open_for(window, 0)
        QTest.keyClick(panel.amount, Qt.Key.Key_Return)
        assert panel.isVisible()
        assert panel.form.problem_text.startswith("Your budget for a day is 1,300 sat; 16 sat of")

    play(scene)


def test_a_double_click_on_the_button_is_one_tip(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = await open_for(window, 0)
        draft = panel.draft
        draft.send("once")
        draft.send("once")
        assert len(stage.tips.intents) == 1
        QTest.keyClick(window.pages.feed.list, Qt.Key.Key_T, SHIFT)
        panel.form.send()
        assert len(stage.tips.intents) == 2
        assert len({t.tip_id for t in stage.tips.tips() if t.can_undo}) == 2

    play(scene)


def test_fiat_is_typed_while_a_rate_is_fresh_and_gone_with_it(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = await open_for(window, 0)
        assert "kraken, 2 min ago" in panel.form.worth_text
        QTest.mouseClick(panel.amount.unit, LEFT)
        panel.amount.setText("0.50")
        assert panel.draft.amount == Msat(476_000)
        assert panel.form.worth_text.startswith("= 476 sat by kraken, 2 min ago")
        assert "A card would take 0.31 USD of 0.50 USD" in panel.cost_text
        assert panel.button.text() == "Tip 476 sat"
        stage.rates.lose()
        await until(lambda: panel.draft.amount is None)
        assert panel.amount.text() == ""
        assert panel.form.worth_text == "No fresh rate for USD: amounts are in sat only."
        assert not panel.amount.unit.isEnabled()
        assert not panel.button.isEnabled()

    play(scene)


def test_a_rate_that_grew_old_unheard_sends_nothing(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = await open_for(window, 0)
        QTest.mouseClick(panel.amount.unit, LEFT)
        panel.amount.setText("0.50")
        stage.clock.offset_ms += 20 * content.MINUTE
        QTest.keyClick(panel.comment, Qt.Key.Key_Return)
        await asyncio.sleep(0.02)
        assert stage.tips.intents == []
        assert panel.amount.text() == ""

    play(scene)


def test_no_fiat_is_spoken_of_while_it_is_off(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        stage.rates.use(None)
        panel = await open_for(window, 0)
        assert panel.form.worth_text == ""
        assert "card" not in panel.cost_text
        assert panel.amount.accessibleName() == "Amount of the tip, in sat"

    play(scene)


def test_a_total_says_how_far_it_is_proven(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        post = replace(
            view_of(stage, 0),
            tips_total=Msat(1_234_000),
            tips_count=9,
            tips_proven=Msat(100_000),
            tips_unverified=3,
        )
        card = window.pages.feed.list.card(0)
        assert isinstance(card, PostCard)
        card.show_row(post)
        assert card.proof_text == (
            "100 sat settled by your wallet, 1,134 sat by their provider's word; "
            "3 receipts that nothing vouches for are not counted"
        )
        card.show_row(replace(post, tips_total=Msat(0), tips_proven=Msat(0), tips_unverified=1))
        assert card.proof_text == "1 receipt that nothing vouches for is not counted"

    play(scene)


def test_the_panel_fits_into_the_smallest_window_with_everything_in_it(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        window.resize(*window.minimumSize().toTuple())
        stage.messages.words.reachable |= {p.pubkey for p in content.PEOPLE}
        view = view_of(stage, row_of(stage, "Market day"))
        window.tip_panel.open_for(
            view,
            QRect(500, 300, 40, 34),
            None,
            picture=content.FOUR[0].url,
            amount=Msat(70_000_000),
        )
        window.tip_panel.form.send()
        await asyncio.sleep(0.02)
        assert window.rect().contains(window.tip_panel.geometry())

    play(scene)
