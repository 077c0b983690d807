"""The creator's desk, played by keyboard: what came in, searched, charted and noted."""

import asyncio
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPlainTextEdit, QWidget

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tipdesk.base.errors import RequestError
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat
from tipdesk.ports.desk import OverlayPage
from tipdesk.services.trigger_rules import Command
from tipdesk.services.views import IncomingTip
from tipdesk.tips.alert import QuietHours
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.viewmodels.desk_income import Span
from tipdesk.ui.views.creator import CreatorPage, Side
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.widgets.income_row import IncomeRow

LEFT = Qt.MouseButton.LeftButton


def desk_of(window: MainWindow) -> CreatorPage:
    """The creator's page, open."""
    window.open_page(PageName.CREATOR)
    page = window.pages.page(PageName.CREATOR)
    assert isinstance(page, CreatorPage)
    return page


def texts(widget: QWidget) -> list[str]:
    """The words of every label that is shown."""
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def row(page: CreatorPage, number: int) -> IncomeRow:
    """The card of a tip on the screen."""
    card = page.list.card(number)
    assert isinstance(card, IncomeRow)
    return card


def test_only_a_signed_name_has_its_full_weight(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        page = desk_of(window)
        await until(lambda: page.list.card(1) is not None)
        signed, claimed = row(page, 0), row(page, 1)
        assert signed.who.text() == "Ana Ruiz tipped you"
        assert signed.who.font().weight() == Type.STRONG.value[1]
        assert signed.who.property("tone") == ""
        assert claimed.who.text() == "<i>Ana Ruiz</i> tipped you"
        assert claimed.who.font().weight() == Type.BODY.value[1]
        assert claimed.who.property("tone") == "faint"
        assert "Nobody signed it" in claimed.toolTip()
        assert "by their own word" in claimed.accessibleName()

    play(scene)


def test_the_search_finds_names_comments_and_notes(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        page = desk_of(window)
        rows = window.models.creator.rows
        QTest.keyClick(page.list, Qt.Key.Key_Slash)
        assert page.income.search.hasFocus()
        QTest.keyClicks(page.income.search, "riff")
        await until(lambda: rows.rowCount() == 1)
        page.income.search.setText("on air")
        await until(lambda: rows.view(0).note == "Thank her <b>on air</b>")
        page.income.search.setText("nobody wrote this")
        await until(lambda: "No tip is like that" in texts(page))
        page.income.search.clear()
        await until(lambda: rows.rowCount() == len(content.incoming()))

    play(scene)


def test_the_filter_takes_amounts_and_days_and_says_what_is_wrong(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        page = desk_of(window)
        rows = window.models.creator.rows
        QTest.mouseClick(page.income.filter_button, LEFT)
        panel = page.income.filter_panel
        assert panel is not None
        assert panel.least.hasFocus()
        QTest.keyClicks(panel.least, "500")
        assert {tip.amount.value for tip in rows_of(page)} == {500_000, 1_234_567, 2_100_000}
        QTest.keyClicks(panel.most, "1,000")
        assert {tip.amount.value for tip in rows_of(page)} == {500_000}
        QTest.keyClicks(panel.first, "2026-13-40")
        assert "Write a day as 2026-05-03." in texts(panel)
        panel.first.setText("2100-01-01")
        assert rows.rowCount() == 0
        QTest.mouseClick(panel.clear_button, LEFT)
        assert rows.rowCount() == len(content.incoming())
        QTest.keyClick(panel.least, Qt.Key.Key_Escape)
        assert panel.isHidden()

    play(scene)


def rows_of(page: CreatorPage) -> list[IncomingTip]:
    """The tips that are listed."""
    rows = page.list.model
    return [rows.view(number) for number in range(rows.rowCount())]


def test_a_tip_that_lands_is_told_while_a_search_hides_it(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = desk_of(window)
        page.income.search.setText("riff")
        await until(lambda: window.models.creator.rows.rowCount() == 1)
        window.open_page(PageName.FEED)
        tip = replace(content.incoming()[3], payment_hash=PaymentHash(bytes(32)))
        stage.creator.land(tip)
        await until(lambda: "tipped you 21 sat" in window.toast.text)
        assert window.models.creator.rows.rowCount() == 1

    play(scene)


def test_a_note_is_written_by_keyboard_and_stands_as_plain_text(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = desk_of(window)
        page.list.setFocus()
        QTest.keyClick(page.list, Qt.Key.Key_J)
        QTest.keyClick(page.list, Qt.Key.Key_N)
        panel = page.income.note_panel
        assert panel is not None
        assert panel.text.hasFocus()
        QTest.keyClicks(panel.text, "<img src=x> say hello")
        QTest.mouseClick(panel.button, LEFT)
        assert panel.isHidden()
        assert stage.creator.incoming(1)[0].note == "<img src=x> say hello"
        await until(lambda: "Note: <img src=x> say hello" in row(page, 0).what.text())
        assert page.list.hasFocus()

    play(scene)


def test_the_chart_is_walked_by_keyboard_and_speaks(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        page = desk_of(window)
        chart = page.income.chart
        chart.setFocus()
        QTest.keyClick(chart, Qt.Key.Key_Left)
        assert chart.current == 29
        newest = window.models.desk.income.bars[-1]
        assert chart.accessibleName() == f"Income over time. {newest.spoken}"
        assert newest.spoken.endswith(" tips")
        QTest.keyClick(chart, Qt.Key.Key_Home)
        assert chart.current == 0
        QTest.mouseClick(page.income.spans[Span.HOURS], LEFT)
        await asyncio.sleep(0.01)
        assert chart.current == -1
        assert len(window.models.desk.income.bars) == 24
        assert window.models.desk.income.count == 7

    play(scene)


def test_the_queue_is_led_by_keyboard_and_one_key_hides(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = desk_of(window)
        alerts = stage.desk.alerts
        alerts.fill()
        QTest.keyClick(page.tabs[Side.ALERTS], Qt.Key.Key_Space)
        await until(lambda: "On air" in texts(page))
        titles = texts(page.alerts.queue)
        assert "<i>Ana Ruiz</i> tipped 21 sat" in titles
        held = page.alerts.queue.lines[1]
        assert held.buttons[0].accessibleName() == "Show <i>Ana Ruiz</i> tipped 21 sat"
        QTest.keyClick(held.buttons[0], Qt.Key.Key_Space)
        assert alerts.state.held == ()
        assert len(alerts.state.queue) == 2
        await until(lambda: "Held" not in texts(page))
        window.open_page(PageName.FEED)
        assert alerts.state.showing is not None
        shown = alerts.state.showing.alert.number
        QTest.keyClick(window, Qt.Key.Key_F9)
        assert alerts.state.showing is None or alerts.state.showing.alert.number != shown

    play(scene)


def test_a_missed_alert_is_shown_after_all_and_a_test_is_marked(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = desk_of(window)
        page.open_side(Side.ALERTS)
        assert "It landed while TipDesk was closed." in texts(page)
        QTest.mouseClick(page.alerts.queue.lines[0].buttons[0], LEFT)
        await until(lambda: "It landed while TipDesk was closed." not in texts(page))
        page.alerts.trial.setText("2,100")
        QTest.keyClick(page.alerts.trial, Qt.Key.Key_Return)
        await until(lambda: "A test: no money stands behind it." in texts(page))

    play(scene)


def test_a_rule_is_added_changed_and_removed(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = desk_of(window)
        page.open_side(Side.ALERTS)
        alerts = stage.desk.alerts
        QTest.mouseClick(page.alerts.add_button, LEFT)
        panel = page.alerts.rule_panel
        assert panel is not None
        panel.amount.setText("1")
        QTest.mouseClick(panel.button, LEFT)
        assert "There is a rule for that amount. Choose another one." in texts(panel)
        panel.amount.setText("50,000")
        panel.template.setText("<h1>{name}</h1>")
        panel.volume.setText("250")
        QTest.mouseClick(panel.button, LEFT)
        assert panel.isHidden()
        assert alerts.settings.rules[-1].template == "<h1>{name}</h1>"
        assert alerts.settings.rules[-1].volume == 100
        await until(lambda: "From 50,000 sat: <h1>{name}</h1>" in texts(page))
        QTest.mouseClick(page.alerts.rules.lines[2].buttons[0], LEFT)
        assert panel.amount.text() == "50,000"
        QTest.mouseClick(panel.remove_button, LEFT)
        assert len(alerts.settings.rules) == 2

    play(scene)


def test_a_picture_for_a_rule_is_chosen_from_a_list_or_added(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = desk_of(window)
        page.open_side(Side.ALERTS)
        page.alerts.ask_rule(None)
        panel = page.alerts.rule_panel
        assert panel is not None
        QTest.mouseClick(panel.picture, LEFT)
        menu = panel.picture.menu_shown
        assert menu is not None
        offered = [action.text() for action in menu.actions() if action.text()]
        assert offered == ["No picture", "confetti.gif", "Add a file …"]
        menu.actions()[1].trigger()
        menu.close()
        assert panel.picture.choice == "confetti.gif"
        window.models.desk.alerts.add_file("/home/me/cat.png", panel.picture.choose)
        await until(lambda: panel.picture.choice == "cat.png")
        window.models.desk.alerts.add_file("/home/me/cat.exe", panel.picture.choose)
        await until(lambda: "cannot be used" in window.models.desk.alerts.problem)

    play(scene)


def test_quiet_hours_holding_pause_and_words_are_kept(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = desk_of(window)
        page.open_side(Side.ALERTS)
        alerts, panel = stage.desk.alerts, page.alerts
        QTest.keyClick(panel.holds, Qt.Key.Key_Space)
        assert alerts.settings.holds
        panel.begin.setText("25:00")
        QTest.keyClick(panel.quiet, Qt.Key.Key_Space)
        assert "Write a time as 22:30." in texts(page)
        panel.begin.setText("22:30")
        QTest.keyClick(panel.begin, Qt.Key.Key_Return)
        assert alerts.settings.quiet == QuietHours(22 * 60 + 30, 8 * 60)
        panel.spacing.setText("7")
        QTest.keyClick(panel.spacing, Qt.Key.Key_Return)
        assert alerts.settings.spacing_ms == 7_000
        QTest.mouseClick(panel.words_button, LEFT)
        words = panel.words_panel
        assert words is not None
        words.text.setPlainText("one\n\n two \none\n<b>three</b>")
        QTest.mouseClick(words.button, LEFT)
        assert alerts.settings.words.words == ("one", "two", "<b>three</b>")
        await until(lambda: panel.words_button.text() == "Word filter · 3 words")

    play(scene)


def test_the_overlays_secret_is_hidden_until_held_and_can_be_renewed(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        page = desk_of(window)
        page.open_side(Side.ALERTS)
        card = page.alerts.overlay
        variant = card.variants[OverlayPage.ALERTS]
        secret = stage.desk.overlay.token

        def shown() -> str:
            return variant.address.text().replace("\u200b", "")

        assert secret not in shown()
        assert card.pill.text() == "Connected"
        QTest.mousePress(variant.show_button, LEFT)
        assert secret in shown()
        QTest.mouseRelease(variant.show_button, LEFT)
        assert secret not in shown()
        QTest.mouseClick(variant.copy_button, LEFT)
        assert QGuiApplication.clipboard().text() == stage.desk.overlay.url(OverlayPage.ALERTS)
        QTest.keyClick(card.renew_button, Qt.Key.Key_Space)
        assert stage.desk.overlay.token == secret
        assert card.keep_button.hasFocus()
        QTest.keyClick(card.sure_button, Qt.Key.Key_Space)
        await until(lambda: stage.desk.overlay.token != secret)
        await until(lambda: card.pill.text() == "Not connected")

    play(scene)


def test_a_goal_for_the_stream_is_set_kept_and_taken_away(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = desk_of(window)
        page.open_side(Side.ALERTS)
        card, lists = page.alerts.pages, stage.desk.lists
        assert card.title_edit.text() == "A <b>second</b> microphone"
        begun = lists.settings.goal
        assert begun is not None
        card.target.setFocus()
        card.target.selectAll()
        QTest.keyClicks(card.target, "700000")
        QTest.keyClick(card.target, Qt.Key.Key_Return)
        changed = lists.settings.goal
        assert changed is not None
        assert (changed.target, changed.since) == (Msat(700_000_000), begun.since)
        QTest.mouseClick(card.clear_button, LEFT)
        await until(lambda: lists.settings.goal is None and not card.title_edit.text())
        assert not card.goal_button.isEnabled()
        QTest.keyClicks(card.title_edit, "Strings")
        QTest.keyClicks(card.target, "5000")
        QTest.keyClicks(card.since, "2026-13-01")
        assert not card.goal_button.isEnabled()
        assert "Write a day as 2026-05-03." in texts(card)
        card.since.clear()
        QTest.keyClicks(card.since, "2026-05-03")
        QTest.keyClick(card.since, Qt.Key.Key_Return)
        goal = lists.settings.goal
        assert goal is not None
        assert goal.title == "Strings"
        assert goal.since.ms == int(datetime(2026, 5, 3).astimezone().timestamp() * 1_000)

    play(scene)


def test_lists_and_port_of_the_pages_are_chosen_and_a_taken_port_is_said(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        page = desk_of(window)
        page.open_side(Side.ALERTS)
        card = page.alerts.pages
        for field, text in ((card.rows, "8"), (card.days, "0"), (card.port, "8080")):
            field.setFocus()
            field.selectAll()
            QTest.keyClicks(field, text)
            QTest.keyClick(field, Qt.Key.Key_Return)
        assert (stage.desk.lists.settings.rows, stage.desk.lists.settings.top_days) == (8, 0)
        await until(lambda: any("in use by another program" in text for text in texts(card)))
        assert stage.desk.overlay.port == 47_110
        card.port.selectAll()
        QTest.keyClicks(card.port, "47111")
        QTest.keyClick(card.port, Qt.Key.Key_Return)
        await until(lambda: stage.desk.overlay.port == 47_111)
        await until(lambda: not any("in use" in text for text in texts(card)))

    play(scene)


def test_ones_own_address_is_tried_and_each_failure_has_a_next_step(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        page = desk_of(window)
        page.open_side(Side.RECEIVING)
        probe = stage.desk.probe
        probe.may_answer.clear()
        QTest.keyClick(page.receiving.button, Qt.Key.Key_Space)
        assert page.receiving.button.text() == "Asking …"
        assert not page.receiving.button.isEnabled()
        await until(lambda: probe.asked == ["mika@tipdesk.example"])
        probe.may_answer.set()
        await until(lambda: page.receiving.pill.text() == "1 thing to mend")
        said = texts(page.receiving.checks)
        assert any("<b>0 sat</b>" in text and "Ask for an incoming" in text for text in said)
        probe.checks = probe.checks[:2]
        QTest.mouseClick(page.receiving.button, LEFT)
        await until(lambda: page.receiving.pill.text() == "It would")
        assert {"Your own address", "Straight to your node", "No server"} <= set(texts(page))

    play(scene)


def test_goals_show_their_progress_and_closed_ones_say_so(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        page = desk_of(window)
        page.open_side(Side.GOALS)
        await until(lambda: len(page.goals.cards) == 3)
        first, second, third = page.goals.cards
        assert first.title.text() == "A <b>second</b> microphone"
        assert first.sum.text() == "312,500 of 500,000 sat · 62 %"
        assert [card.pill.text() for card in (first, second, third)] == [
            "Still open",
            "Reached",
            "Closed",
        ]
        assert "2,100 sat came after it closed and do not count." in texts(third)

    play(scene)


def test_a_goal_is_published_and_a_failure_keeps_what_was_written(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = desk_of(window)
        page.open_side(Side.GOALS)
        panel = page.goals
        assert not panel.button.isEnabled()
        QTest.keyClicks(panel.amount, "20,000")
        QTest.keyClick(panel.button, Qt.Key.Key_Space)
        assert "Write what it is for." in texts(panel)
        QTest.keyClicks(panel.text, "<script>x</script>")
        panel.day.setText("2001-01-01")
        QTest.keyClick(panel.button, Qt.Key.Key_Space)
        assert "That day has passed. Choose a later one." in texts(panel)
        panel.day.setText("2100-01-01")
        stage.goals.relays_are_there = False
        QTest.keyClick(panel.button, Qt.Key.Key_Space)
        await until(lambda: "No relay took it." in texts(panel))
        assert panel.text.toPlainText() == "<script>x</script>"
        stage.goals.relays_are_there = True
        QTest.keyClick(panel.button, Qt.Key.Key_Space)
        await until(lambda: len(panel.cards) == 4)
        await until(lambda: panel.amount.text() == "")
        assert panel.cards[0].title.text() == "<script>x</script>"

    play(scene)


def test_triggers_are_added_turned_off_and_turned_on_by_hand(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = desk_of(window)
        page.open_side(Side.TRIGGERS)
        panel, triggers = page.triggers, stage.desk.triggers
        assert "<b>Lights</b>" in texts(panel)
        assert any("<h1>503</h1>" in text for text in texts(panel.jobs))
        QTest.keyClicks(panel.name, "<i>Bell</i>")
        QTest.keyClicks(panel.url, "http://example.com/")
        QTest.keyClick(panel.add_button, Qt.Key.Key_Space)
        assert any("must begin with https://" in text for text in texts(panel))
        panel.url.setText("https://example.com/bell")
        QTest.keyClick(panel.add_button, Qt.Key.Key_Space)
        added = triggers.rules[2]
        assert (added.name, added.is_on) == ("<i>Bell</i>", False)
        assert panel.name.text() == ""
        QTest.keyClick(panel.rules.lines[2].buttons[0], Qt.Key.Key_Space)
        assert triggers.rules[2].is_on
        assert triggers.rules[2].since == content.NOW
        QTest.keyClick(panel.rules.lines[2].buttons[1], Qt.Key.Key_Space)
        assert len(triggers.rules) == 2

    play(scene)


def test_a_program_is_a_list_of_arguments_with_a_plain_warning(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = desk_of(window)
        page.open_side(Side.TRIGGERS)
        panel = page.triggers
        assert not any("with all your rights" in text for text in texts(panel))
        QTest.keyClick(panel.command, Qt.Key.Key_Space)
        assert any("with all your rights" in text for text in texts(panel))
        panel.name.setText("Clap")
        QTest.keyClick(panel.add_button, Qt.Key.Key_Space)
        assert any("it names no program" in text for text in texts(panel))
        panel.least.setText("much")
        QTest.keyClick(panel.add_button, Qt.Key.Key_Space)
        assert "Write an amount in sat with digits, like 1,000 or 0.5." in texts(panel)
        panel.least.clear()
        panel.arguments.setPlainText("/bin/clap\n; rm -rf $HOME\n")
        QTest.keyClick(panel.add_button, Qt.Key.Key_Space)
        assert len(stage.desk.triggers.rules) == 3
        added = stage.desk.triggers.rules[2]
        assert added.does == Command(("/bin/clap", "; rm -rf $HOME"))
        assert not added.is_on

    play(scene)


def test_the_webhooks_secret_is_gone_when_one_leaves(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = desk_of(window)
        page.open_side(Side.TRIGGERS)
        panel, old = page.triggers, stage.desk.triggers.token
        assert panel.secret.text() == ""
        QTest.keyClick(panel.show_button, Qt.Key.Key_Space)
        await until(lambda: panel.secret.text().replace("\n", "") == old)
        page.open_side(Side.INCOME)
        page.open_side(Side.TRIGGERS)
        assert panel.secret.text() == ""
        QTest.keyClick(panel.renew_button, Qt.Key.Key_Space)
        await until(lambda: panel.secret.isVisible())
        assert panel.secret.text().replace("\n", "") == stage.desk.triggers.token != old
        QTest.keyClick(panel.copy_button, Qt.Key.Key_Space)
        assert QGuiApplication.clipboard().text() == stage.desk.triggers.token
        QTest.keyClick(panel.done_button, Qt.Key.Key_Space)
        assert panel.secret.text() == ""

    play(scene)


def test_every_side_has_names_plain_text_and_a_tab_by_keyboard(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        page = desk_of(window)
        for side in Side:
            QTest.keyClick(page.tabs[side], Qt.Key.Key_Space)
            assert page.side is side
            await asyncio.sleep(0.01)
        page.open_side(Side.ALERTS)
        page.alerts.ask_rule(None)
        page.alerts.ask_words()
        labels = window.findChildren(QLabel)
        assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
        kinds = (QAbstractButton, QLineEdit, QPlainTextEdit)
        controls = [control for kind in kinds for control in page.findChildren(kind)]
        assert [control for control in controls if not control.accessibleName()] == []

    play(scene)


def test_an_own_address_is_set_handed_on_and_given_up(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = desk_of(window)
        page.open_side(Side.RECEIVING)
        form = page.receiving.own_address
        stage.address.failure = RequestError("That cannot be your address. Nothing was changed.")
        form.user.setText("mika")
        form.domain.setText("nowhere")
        form.use_button.click()
        await until(lambda: "Nothing was changed" in form.problem_text)
        stage.address.failure = None
        form.domain.setText("tips.example")
        form.domain.returnPressed.emit()
        await until(lambda: "reverse_proxy 127.0.0.1:41234" in texts(form))
        assert form.problem_text == ""
        assert "Answers for mika@tips.example" in texts(page.receiving)
        form.end_button.click()
        await until(lambda: form.use_button.isVisible())
        assert stage.address.now is None

    play(scene)
