"""The way that a payment took, as a picture and as sentences."""

from dataclasses import replace
from functools import partial

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.route_plays import HOSTILE, open_route
from tests.ui.stage import Stage
from tests.ui.stage_routes import part, route
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat
from tipdesk.services.views import TipView
from tipdesk.tips.tip import TipStatus
from tipdesk.ui.theme.theme import Contrast, Mode, theme
from tipdesk.ui.viewmodels.route import SHOWN_PARTS, draw, not_known
from tipdesk.ui.views.history import HistoryPage
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.widgets.route_card import MOST_HIGH, RouteCard
from tipdesk.ui.widgets.route_picture import RoutePicture
from tipdesk.ui.widgets.tip_row import TipRow
from tipdesk.ui.widgets.virtual_list import VirtualList

HASH = PaymentHash(b"\x01" * 32)


def test_each_node_has_its_fee_above_and_its_time_below() -> None:
    drawn = draw(route(HASH))
    (line,) = drawn.parts
    assert [(n.name, n.fee, n.time, n.is_end) for n in line.nodes] == [
        ("You", "", "340 ms", True),
        ("Harbour Router", "11 sat", "0.3 s", False),
        ("Zwischenstation an der Brücke am Kanal", "10 sat", "0.2 s", False),
        ("Ana's node", "", "< 0.1 s", True),
    ]
    assert line.title == ""
    assert drawn.sums == "1,021 sat left, 1,000 sat arrived, 21 sat for the route, 340 ms"


def test_screen_readers_hear_the_way_as_sentences() -> None:
    said = draw(
        route(HASH, part(names=("Harbour", "Ana"), fees=(1_021, 0), held=(None, None)))
    ).spoken
    assert said.startswith(
        "You sent 1,001.021 sat. Harbour kept 1.021 sat. Ana received 1,000 sat. 1,001.021 sat left"
    )
    told = draw(route(HASH)).spoken
    assert "Harbour Router kept 11 sat and held it for 0.3 s." in told
    assert "by its own word" in told


def test_an_end_that_the_receiver_hid_is_said_to_be_hidden() -> None:
    taken = route(HASH)
    first = taken.parts[0]
    hidden = replace(first.hops[-1], is_hidden=True)
    drawn = draw(replace(taken, parts=(replace(first, hops=(*first.hops[:-1], hidden)),)))
    last = drawn.parts[0].nodes[-1]
    assert (last.name, last.is_end) == ("The receiver, hidden", True)
    assert str(hidden.node_id) not in last.details


def test_what_is_not_known_is_said_to_be_unknown() -> None:
    old = draw(route(HASH, part(held=(None, None, None), took_ms=None), unknown_parts=2))
    assert [node.time for node in old.parts[0].nodes] == ["", "", "", ""]
    assert old.sums.endswith("21 sat for the route")
    assert old.remarks == (
        "The way of 2 more parts is not known.",
        "No node on the way told how long it held the payment.",
    )
    some = draw(route(HASH, part(held=(300, None, None))))
    assert "A node without a time did not tell it." in some.remarks


def test_parts_stand_one_under_the_other_and_very_many_are_only_counted() -> None:
    drawn = draw(route(HASH, *[part(100_000)] * (SHOWN_PARTS + 2)))
    assert len(drawn.parts) == SHOWN_PARTS
    assert drawn.parts[1].title == "Part 2: 100 sat"
    assert "2 more parts are not shown." in drawn.remarks


def test_a_strangers_name_stays_on_one_line_and_is_never_markup() -> None:
    (line,) = draw(route(HASH, part(names=(HOSTILE, "", "Ana")))).parts
    assert "\n" not in line.nodes[1].name
    assert "\u202e" not in line.nodes[1].name
    assert len(line.nodes[1].name) <= 48
    assert line.nodes[2].name.startswith("02")


@pytest.mark.parametrize("width", [320, 420, 640])
@pytest.mark.parametrize("hops", [1, 3, 20])
def test_every_node_has_a_place_of_its_own_in_any_width(
    qapp: QApplication, width: int, hops: int
) -> None:
    picture = RoutePicture()
    fees = (*(1_000,) * (hops - 1), 0)
    drawn = draw(route(HASH, part(names=("W" * 60,) * hops, fees=fees, held=(100,) * hops)))
    picture.resize(width, 100)
    picture.show_parts(drawn.parts, drawn.spoken)
    assert picture.height() == picture.height_for(width)
    ((_, cells),) = picture._laid_out()
    assert len(cells) == hops + 1
    boxes = [QRectF(at.x() - w / 2 + 1, at.y() - 20, w - 2, 60) for _, at, w in cells]
    for number, box in enumerate(boxes):
        assert QRectF(picture.rect()).contains(box)
        assert not any(box.intersects(other) for other in boxes[number + 1 :])


@pytest.mark.parametrize("mode", [Mode.LIGHT, Mode.DARK])
@pytest.mark.parametrize("strong", [Contrast.NORMAL, Contrast.HIGH])
def test_it_is_painted_in_every_theme(qapp: QApplication, mode: Mode, strong: Contrast) -> None:
    theme().use(mode, strong)
    try:
        card = RouteCard()
        card.show_route(route(HASH))
        card.resize(400, card.sizeHint().height())
        image = card.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        colours = {image.pixel(x, y) for x in range(0, 400, 3) for y in range(0, 60, 2)}
        assert len(colours) > 4
    finally:
        theme().use(Mode.SYSTEM, Contrast.SYSTEM)


def test_a_payment_in_many_parts_scrolls(qapp: QApplication) -> None:
    card = RouteCard()
    card.resize(400, 300)
    card.show_route(route(HASH, *[part(100_000)] * 6))
    assert card.frame.height() == MOST_HIGH < card.picture.height_for(400)
    card.show_route(None)
    assert card.frame.isHidden()
    assert card.remarks.text() == not_known()


def is_shown(rows: VirtualList, number: int) -> bool:
    return rows.card(number) is not None


def test_the_button_of_a_tip_and_enter_open_its_route(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        await open_route(window, stage, route(HASH))
        panel = window.of_tip.route
        assert panel.isVisible()
        assert panel.card.sums.text().startswith("1,021 sat left")
        QTest.keyClick(panel, Qt.Key.Key_Escape)
        assert panel.isHidden()
        rows = window.pages.tips.list
        for number in range(rows.model.rowCount()):
            rows.set_current(number)
            await until(partial(is_shown, rows, number))
            card = rows.card(number)
            assert isinstance(card, TipRow)
            arrived = isinstance(card._tip, TipView) and card._tip.state.is_paid
            assert card.route_button.isVisibleTo(card) is arrived
            QTest.keyClick(rows, Qt.Key.Key_Return)
            assert panel.isVisible() is arrived
            panel.dismiss()

    play(scene)


def test_a_tip_that_arrived_has_its_route_in_the_tray(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        flying = content.tip(3_000, content.BELA, TipStatus.PAYING, 0, amount=Msat(500_000))
        stage.tips.put(flying)
        bar = window.tray.bars[0]
        await until(bar.isVisible)
        assert bar.button.isHidden()
        stage.routes.are_known = False
        stage.tips.settle(flying.tip_id)
        await until(lambda: bar.button.text() == "Route")
        assert bar.button.accessibleName().startswith("The route of 500 sat to ")
        bar.button.click()
        assert window.of_tip.route.isVisible()
        assert window.of_tip.route.card.remarks.text() == not_known()

    play(scene)


def test_a_line_of_the_history_has_the_route_of_what_went_out(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.HISTORY)
        page = window.pages.page(PageName.HISTORY)
        assert isinstance(page, HistoryPage)
        await until(lambda: page.list.card(2) is not None)
        shown = []
        for number in range(3):
            page.list.set_current(number)
            QTest.keyClick(page.list, Qt.Key.Key_Return)
            assert page.panel is not None
            shown.append(page.panel.route.isVisible())
            page.panel.dismiss()
        # Under way, received, a payment that arrived.
        assert shown == [False, False, True]

    play(scene)
