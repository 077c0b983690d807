"""The proxy, set in the window."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tipdesk.ports.way_out import ProxyChoice, ProxyScope, ProxyUnreachable
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.widgets.proxy_box import ProxyBox


def opened(window: MainWindow) -> ProxyBox:
    window.open_page(PageName.SETTINGS)
    window.pages.settings.open_section(window.pages.settings.privacy)
    return window.pages.settings.privacy.proxy


def test_it_is_off_and_a_press_sends_everything_through_it(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        box = opened(window)
        assert box.scope.choice == "off"
        assert not box.address.field.isVisible()
        box.scope.buttons["everything"].click()
        await until(lambda: box.address.said.text() == "The proxy answers.")
        assert stage.proxy.choice == ProxyChoice(ProxyScope.EVERYTHING)
        assert (box.scope.choice, box.address.field.text()) == ("everything", "127.0.0.1:9050")
        assert "Nothing leaves TipDesk another way" in box.words.text()
        box.scope.buttons["off"].click()
        await until(lambda: not box.address.said.isVisible())
        assert stage.proxy.choice == ProxyChoice()

    play(scene)


def test_another_proxy_is_typed_and_what_is_none_is_said(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        box = opened(window)
        box.scope.buttons["onion"].click()
        await until(lambda: box.address.field.isVisible())
        box.address.field.setText("tor")
        QTest.keyClick(box.address.field, Qt.Key.Key_Return)
        await until(lambda: "IP address and port" in box.address.said.text())
        assert stage.proxy.choice == ProxyChoice(ProxyScope.ONION)
        assert box.address.field.text() == "tor"
        box.address.field.setText("localhost:9150")
        box.address.button.click()
        await until(lambda: box.address.said.text() == "The proxy answers.")
        assert stage.proxy.choice == ProxyChoice(ProxyScope.ONION, "127.0.0.1", 9150)
        assert box.address.field.text() == "127.0.0.1:9150"

    play(scene)


def test_a_dead_proxy_is_said_where_it_is_set_and_wherever_the_person_is(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        box = opened(window)
        stage.proxy.switch.is_alive = False
        box.scope.buttons["everything"].click()
        await until(lambda: "goes no other way" in box.address.said.text())
        stage.proxy.switch.is_alive = True
        box.address.button.click()
        await until(lambda: box.address.said.text() == "The proxy answers.")
        window.open_page(PageName.FEED)
        stage.proxy.switch.tell(ProxyUnreachable("a.example", place="127.0.0.1:9050"))
        await until(lambda: "127.0.0.1:9050 does not answer" in window.toast.text)
        assert "goes no other way" in opened(window).address.said.text()

    play(scene)


def test_another_name_server_is_chosen_and_the_usual_one_comes_back(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        opened(window)
        line = window.pages.settings.privacy.names
        assert line.field.text() == "https://names.example/dns-query"
        line.field.setText("dns.example")
        line.button.click()
        await until(lambda: "is no name server" in line.said.text())
        assert line.field.text() == "dns.example"
        line.field.setText("9.9.9.9")
        line.button.click()
        await until(lambda: line.field.text() == "tcp://9.9.9.9:53")
        assert stage.payment_names.server.now == "tcp://9.9.9.9:53"
        line.field.clear()
        line.button.click()
        await until(lambda: line.field.text() == "https://names.example/dns-query")

    play(scene)
