"""Apps that use the wallet: connected with a link that is shown once, changed, revoked."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.stage_connections import RELAYS
from tests.ui.test_pages import texts
from tipdesk.base.units import Msat
from tipdesk.nostr.nip47_link import parse_link
from tipdesk.tips.connection import USUAL_PERMISSIONS, BudgetPeriod, Permission
from tipdesk.ui.viewmodels.connections import USUAL_BUDGET, Lifetime, Preset
from tipdesk.ui.views.app_panel import AppPanel
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.views.settings_apps import AppsSection
from tipdesk.ui.widgets.panel import dismiss_popovers


def opened(window: MainWindow) -> AppsSection:
    window.open_page(PageName.SETTINGS)
    window.pages.settings.open_section(window.pages.settings.apps)
    return window.pages.settings.apps


def connecting(window: MainWindow, name: str = "Amethyst") -> AppPanel:
    section = opened(window)
    section.connect_button.click()
    assert section.panel is not None
    QTest.keyClicks(section.panel.name, name)
    return section.panel


def test_the_link_is_shown_once_and_is_gone_when_the_panel_closes(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = connecting(window)
        panel.button.click()
        (link,) = stage.connections.links
        assert window.models.connections.draft.link == link
        assert panel.code.modules
        assert parse_link(link).relays == RELAYS[:2]
        secret = parse_link(link).secret.hex()
        assert not any(secret in text for text in texts(panel)), "it is a code, not words"
        shown = panel.code.modules
        panel.copy_button.click()
        assert QGuiApplication.clipboard().text() == link
        assert any("60 seconds" in text for text in texts(panel))
        panel.done_button.click()
        assert panel.isHidden()
        assert window.models.connections.draft.link == ""
        assert panel.code.modules != shown
        await until(lambda: "Amethyst" in texts(window.pages.settings.apps))
        (view,) = stage.connections.connections()
        assert view.connection.budget == USUAL_BUDGET
        assert view.connection.permissions == USUAL_PERMISSIONS
        assert view.connection.expires_at is None

    play(scene)


def test_what_floats_is_closed_with_the_link_when_the_window_locks(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        panel = connecting(window)
        panel.button.click()
        dismiss_popovers(window)
        assert window.models.connections.draft.link == ""
        assert not panel.name.text()

    play(scene)


def test_all_that_is_chosen_is_what_the_app_may(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = connecting(window, "Shop")
        panel.presets.buttons[Preset.RECEIVE.name].click()
        assert panel.amount.isHidden() or not panel.amount.isVisible()
        assert panel.boxes[Permission.INVOICE].isChecked()
        assert not panel.boxes[Permission.PAY].isChecked()
        panel.boxes[Permission.PAY].click()
        assert panel.presets.choice == ""
        assert panel.amount.isVisible()
        panel.amount.selectAll()
        QTest.keyClicks(panel.amount, "1,234")
        panel.periods.buttons[BudgetPeriod.MONTH.name].click()
        assert panel.amount.amount == Msat(1_234_000), "choosing leaves what is typed alone"
        panel.lifetimes.buttons[Lifetime.WEEK.name].click()
        panel.relays.clear()
        QTest.keyClicks(panel.relays, "wss://one.example, wss://two.example")
        QTest.keyClick(panel.relays, Qt.Key.Key_Return)
        (view,) = stage.connections.connections()
        connection = view.connection
        assert connection.name == "Shop"
        assert connection.permissions == Preset.RECEIVE.value | {Permission.PAY}
        assert (connection.budget, connection.period) == (Msat(1_234_000), BudgetPeriod.MONTH)
        assert connection.relays == ("wss://one.example", "wss://two.example")
        assert connection.expires_at == stage.clock.now().plus_ms(7 * 24 * 3_600_000)

    play(scene)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "Give the app a name"),
        ("amount", "", "Write an amount"),
        ("relays", "", "Name a relay"),
        ("relays", "ws://192.168.0.2", "not that of a public relay"),
        ("relays", " ".join(f"wss://{n}.example" for n in range(6)), "5 relays are enough"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_connected(
    play: Play, stage: Stage, field: str, typed: str, said: str
) -> None:
    async def scene(window: MainWindow) -> None:
        panel = connecting(window)
        edit = getattr(panel, field)
        edit.selectAll()
        QTest.keyClick(edit, Qt.Key.Key_Backspace)
        QTest.keyClicks(edit, typed)
        QTest.keyClick(panel.name, Qt.Key.Key_Return)
        assert said in panel.problem_text
        assert stage.connections.links == []
        QTest.keyClicks(panel.name, "x")
        assert not panel.problem_text

    play(scene)


def test_without_a_limit_it_says_what_that_means(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = connecting(window)
        panel.unlimited.click()
        assert any("all that is in this wallet" in text for text in texts(panel))
        panel.button.click()
        (view,) = stage.connections.connections()
        assert view.connection.budget is None

    play(scene)


def test_nothing_allowed_is_nothing_to_connect(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = connecting(window)
        for box in panel.boxes.values():
            if box.isChecked():
                box.click()
        panel.button.click()
        assert "at least one thing" in panel.problem_text

    play(scene)


def test_each_says_what_it_used_and_one_that_has_ended_why(play: Play, stage: Stage) -> None:
    stage.connections.put_several()

    async def scene(window: MainWindow) -> None:
        section = opened(window)
        window.models.connections.touch()
        await until(lambda: len(section.live.rows) == 4)
        amethyst, alby = section.live.rows[3], section.live.rows[2]
        assert amethyst.bar.accessibleName() == "12,345.678 of 50,000 sat used today"
        assert alby.bar.accessibleName() == "46,000 of 50,000 sat used this week"
        assert any("3,000 sat used, no limit" in text for text in texts(section.live.rows[0]))
        assert section.live.rows[1].bar.isHidden(), "a till spends nothing"
        assert any("Revoked on" in text or "Revoked 3 d" in text for text in texts(section.ended))
        stage.connections.spend(stage.connections.book.connections()[0].id, Msat(1_000))
        await until(lambda: "12,346.678" in amethyst.bar.accessibleName())
        window.models.veil.set_by_hand(on=True)
        await until(lambda: "12,346" not in amethyst.bar.accessibleName())

    play(scene)


def test_name_and_budget_are_changed_and_nothing_else(play: Play, stage: Stage) -> None:
    stage.connections.put_several()

    async def scene(window: MainWindow) -> None:
        section = opened(window)
        window.models.connections.touch()
        await until(lambda: len(section.live.rows) == 4)
        section.live.rows[3].change_button.click()
        panel = section.panel
        assert panel is not None
        assert (panel.name.text(), panel.amount.amount) == ("Amethyst", Msat(50_000_000))
        assert not panel.relays.isVisible()
        panel.name.selectAll()
        QTest.keyClicks(panel.name, "My phone")
        panel.amount.selectAll()
        QTest.keyClicks(panel.amount, "20000")
        panel.button.click()
        assert panel.isHidden()
        connection = stage.connections.book.connections()[0]
        assert (connection.name, connection.budget) == ("My phone", Msat(20_000_000))
        assert connection.permissions == USUAL_PERMISSIONS
        await until(lambda: "My phone" in texts(section))

    play(scene)


def test_revoking_asks_first(play: Play, stage: Stage) -> None:
    stage.connections.put_several()

    async def scene(window: MainWindow) -> None:
        section = opened(window)
        window.models.connections.touch()
        await until(lambda: len(section.live.rows) == 4)
        section.live.rows[3].revoke_button.click()
        panel = section.revocation
        assert panel is not None
        assert any("Revoke Amethyst?" in text for text in texts(panel))
        panel.keep_button.click()
        assert stage.connections.book.connections()[0].revoked_at is None
        section.live.rows[3].revoke_button.click()
        panel.button.click()
        assert panel.isHidden()
        assert stage.connections.book.connections()[0].revoked_at == stage.clock.now()
        await until(lambda: section.live.rows[3].isHidden())
        assert len(window.models.connections.ended) == 2

    play(scene)


def test_a_provider_of_tips_gets_a_link_that_cannot_spend(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.CREATOR)
        window.pages.creator.receiving.provider_button.click()
        panel = window.pages.settings.apps.panel
        assert panel is not None
        assert panel.isVisible()
        draft = window.models.connections.draft
        assert draft.permissions == Preset.TIPS.value
        assert not draft.spends

    play(scene)
