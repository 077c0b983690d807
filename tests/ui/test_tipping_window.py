"""A tip from the window: by mouse, by keyboard, with what it costs, and undone."""

import asyncio

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tipdesk.base.units import Msat
from tipdesk.services.views import Elsewhere
from tipdesk.tips.tip import TipStatus
from tipdesk.ui.viewmodels import cost
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.widgets.post_card import PostCard

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier


def card_of(window: MainWindow, row: int) -> PostCard:
    """The card of a row on the screen."""
    card = window.pages.feed.list.card(row)
    assert isinstance(card, PostCard)
    return card


def test_a_preset_pressed_with_the_mouse_tips_that_post(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        card = card_of(window, 0)
        QTest.mouseClick(card.tip_button.segments[1], LEFT)
        await until(lambda: len(stage.tips.intents) == 1)
        intent = stage.tips.intents[0]
        assert card.view is not None
        assert intent.target_event == card.view.post.id
        assert intent.recipient == card.view.author.pubkey
        assert intent.amount == Msat(100_000)

    play(scene)


def test_t_tips_the_first_preset_to_the_post_that_j_moved_to(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        posts = window.pages.feed.list
        QTest.keyClick(posts, Qt.Key.Key_J)
        QTest.keyClick(posts, Qt.Key.Key_J)
        QTest.keyClick(posts, Qt.Key.Key_T)
        await until(lambda: len(stage.tips.intents) == 1)
        assert posts.current == 1
        assert stage.tips.intents[0].target_event == stage.feeds.posts()[1].post.id
        assert stage.tips.intents[0].amount == Msat(21_000)

    play(scene)


def test_shift_t_opens_the_panel_and_enter_tips_an_amount_with_a_comment(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        posts = window.pages.feed.list
        QTest.keyClick(posts, Qt.Key.Key_J)
        QTest.keyClick(posts, Qt.Key.Key_T, SHIFT)
        panel = window.tip_panel
        assert panel.isVisible()
        panel.amount.clear()
        QTest.keyClicks(panel.amount, "1,234.5")
        QTest.keyClicks(panel.comment, "Bravo <3")
        QTest.keyClick(panel.comment, Qt.Key.Key_Return)
        await until(lambda: len(stage.tips.intents) == 1)
        assert stage.tips.intents[0].amount == Msat(1_234_500)
        assert stage.tips.intents[0].comment == "Bravo <3"
        assert not panel.isVisible()

    play(scene)


def test_the_panel_says_what_the_tip_costs_at_the_most_before_it_goes(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        QTest.mouseClick(card_of(window, 0).tip_button.segments[-1], LEFT)
        panel = window.tip_panel
        panel.amount.setText("5000")
        assert panel.cost_text.startswith(
            "You pay at most 5,050 sat: 5,000 to Ana Ruiz, up to 50 for the route."
        )
        panel.amount.setText("nothing")
        assert not panel.button.isEnabled()
        QTest.keyClick(panel, Qt.Key.Key_Escape)
        assert not panel.isVisible()

    play(scene)


def test_the_likely_fee_is_said_of_somebody_who_was_tipped_before(play: Play, stage: Stage) -> None:
    stage.tips.likely[content.ANA.pubkey] = Msat(1_046)

    async def scene(window: MainWindow) -> None:
        strip = card_of(window, 0).tip_button
        assert (
            strip.segments[1]
            .accessibleDescription()
            .startswith(
                "You pay at most 103 sat: 100 to Ana Ruiz, up to 3 for the route (likely 1.046)."
            )
        )
        QTest.mouseClick(strip.segments[-1], LEFT)
        window.tip_panel.amount.setText("5000")
        assert "up to 50 for the route (likely 1.046)." in window.tip_panel.cost_text

    play(scene)


def test_a_pending_tip_counts_down_and_its_button_undoes_it(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        stage.clock.run()
        QTest.mouseClick(card_of(window, 1).tip_button.segments[0], LEFT)
        bar = window.tray.bars[0]
        await until(lambda: bar.isVisible())
        assert "Tipping 21 sat" in bar.accessibleName()
        assert "at most 3 sat" in bar.accessibleName()
        await until(lambda: card_of(window, 1).tip_button.undo_button.isVisible())
        QTest.mouseClick(bar.button, LEFT)
        assert stage.tips.tips()[0].state is TipStatus.CANCELLED
        await until(lambda: not card_of(window, 1).tip_button.undo_button.isVisible())

    play(scene)


def test_the_keyboard_stays_where_a_tip_was_pressed(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        strip = card_of(window, 1).tip_button
        strip.segments[0].setFocus()
        QTest.keyClick(strip.segments[0], Qt.Key.Key_Space)
        await until(strip.undo_button.isVisible)
        assert window.focusWidget() is strip.undo_button
        stage.tips.settle(stage.tips.tips()[0].tip_id)
        await until(strip.segments[0].isVisible)
        assert window.focusWidget() is strip.segments[0]
        # It also stays on another amount when the card is shown anew.
        strip.segments[2].setFocus()
        card_of(window, 1).show_row(stage.feeds.posts()[1])
        assert window.focusWidget() is strip.segments[2]

    play(scene)


def test_control_z_undoes_the_latest_tip(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        QTest.keyClick(window.pages.feed.list, Qt.Key.Key_J)
        QTest.keyClick(window.pages.feed.list, Qt.Key.Key_T)
        await until(lambda: window.tray.bars[0].isVisible())
        assert window.models.tips.undo_latest()
        assert stage.tips.tips()[0].state is TipStatus.CANCELLED
        assert not window.models.tips.undo_latest()

    play(scene)


def test_a_tip_in_flight_is_never_called_failed(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        flying = next(t for t in stage.tips.tips() if t.state is TipStatus.IN_FLIGHT)
        stage.tips.put(flying)
        await until(lambda: window.tray.bars[0].isVisible())
        said = window.tray.bars[0].accessibleName()
        assert "In flight" in said
        assert "ailed" not in said
        assert not window.tray.bars[0].button.isVisible()

    play(scene)


def test_somebody_without_an_address_cannot_be_tipped(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        views = stage.feeds.posts()
        row = next(i for i, v in enumerate(views) if not v.author.can_be_tipped)
        posts = window.pages.feed.list
        posts.set_current(row)
        await until(lambda: posts.card(row) is not None)
        QTest.keyClick(posts, Qt.Key.Key_T)
        await asyncio.sleep(0.02)
        assert card_of(window, row).tip_button.isHidden()
        assert stage.tips.intents == []

    play(scene)


def test_a_refused_tip_is_a_sentence_in_the_window(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        view = next(v for v in stage.feeds.posts() if not v.author.can_be_tipped)
        window.models.tips.send(view, Msat(21_000))
        await until(lambda: window.toast.isVisible())
        assert window.toast.text.startswith(f"{view.author.title} has no lightning address")

    play(scene)


def test_no_limit_is_promised_where_the_wallet_keeps_to_none(play: Play, stage: Stage) -> None:
    stage.wallet.elsewhere = Elsewhere("Attic", "", keeps_fee_limit=False)

    async def scene(window: MainWindow) -> None:
        said = cost.in_all(stage, (("Ana", Msat(100_000)),))
        assert said == "You pay 100 sat to Ana. Attic decides what the route may cost on top."
        assert "at most" not in said

    play(scene)
