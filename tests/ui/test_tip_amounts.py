"""The amounts of one press: for everybody or for one person, by key, with their price."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest

from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.test_people import first_card
from tests.ui.test_safety import open_safety
from tipdesk.base.units import Msat, Sat
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.widgets.preset_line import PresetLine
from tipdesk.ui.widgets.tip_button import preset_key

CARD = "A card would take 0.30 USD of 0.02 USD; here it is less than 0.01 USD."


def write(line: PresetLine, *amounts: str) -> None:
    """Amounts in its fields, and Enter."""
    if line.change_button.isVisible():
        line.change_button.click()
    for edit, amount in zip(line.edits, amounts, strict=True):
        edit.setText(amount)
    QTest.keyClick(line.edits[2], Qt.Key.Key_Return)


def test_a_persons_own_amounts_stand_on_their_cards_and_keys(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        card = first_card(window)
        author = stage.feeds.posts()[0].author.pubkey
        QTest.keyClick(window.pages.feed.list, Qt.Key.Key_P)
        line = window.people.person.presets
        assert line.said_text == "One press tips 21 · 100 · 500 sat"
        write(line, "5,000", "42", "1,000")
        assert stage.amounts.of(author) == (Sat(42), Sat(1_000), Sat(5_000))
        assert line.said_text == "Tip them with 42 · 1,000 · 5,000 sat"
        assert window.people.person.isVisible()
        QTest.keyClick(window.people.person, Qt.Key.Key_Escape)
        assert [one.text() for one in card.tip_button.segments[:3]] == ["42", "1,000", "5,000"]
        stage.allowance.retype_from = None
        QTest.keyClick(window.pages.feed.list, Qt.Key.Key_2)
        assert stage.tips.intents[-1].amount == Msat(1_000_000)

    play(scene)


def test_a_person_can_be_given_the_usual_amounts_again(play: Play, stage: Stage) -> None:
    author = stage.feeds.posts()[0].author.pubkey
    stage.amounts.set_own(author, (Sat(1), Sat(2), Sat(3)))

    async def scene(window: MainWindow) -> None:
        first_card(window)
        QTest.keyClick(window.pages.feed.list, Qt.Key.Key_P)
        line = window.people.person.presets
        line.change_button.click()
        line.usual_button.click()
        assert not stage.amounts.has_own(author)
        assert line.said_text == "One press tips 21 · 100 · 500 sat"
        assert not line.usual_button.isVisible()

    play(scene)


def test_amounts_that_cannot_be_kept_say_why_and_escape_leaves_them(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_safety(window)
        write(panel.presets, "21", "21", "500")
        assert panel.presets.problem_text == "Write three different amounts in whole sats."
        write(panel.presets, "21", "0.5", "500")
        assert panel.presets.problem_text == "Write three different amounts in whole sats."
        write(panel.presets, "21", "100", "9,000,000")
        assert "more than your limit of 50,000 sat a day" in panel.presets.problem_text
        assert panel.presets.edits[0].isVisible()
        QTest.keyClick(panel.presets.edits[0], Qt.Key.Key_Escape)
        assert panel.isVisible()
        assert panel.presets.change_button.hasFocus()
        assert stage.amounts.usual == (Sat(21), Sat(100), Sat(500))
        write(panel.presets, "7", "70", "700")
        assert stage.amounts.usual == (Sat(7), Sat(70), Sat(700))
        assert panel.presets.said_text == "One press tips 7 · 70 · 700 sat"

    play(scene)


def test_each_amount_says_what_it_costs_and_what_a_card_would_take(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        card = first_card(window)
        name = stage.feeds.posts()[0].author.title
        said = card.tip_button.segments[0].accessibleDescription()
        assert said == (f"You pay at most 24 sat: 21 to {name}, up to 3 for the route. {CARD}")
        stage.rates.lose()
        await until(lambda: "card" not in card.tip_button.segments[0].accessibleDescription())
        assert "card" not in card.tip_button.segments[0].toolTip()
        QTest.keyClick(window.pages.feed.list, Qt.Key.Key_Return)
        assert window.reader.isVisible()
        assert "card" not in window.reader.cost_text

    play(scene)


def test_a_shared_posts_amounts_name_those_who_share(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        views = stage.feeds.posts()
        row = next(n for n, view in enumerate(views) if len(view.post.shares) > 1)
        assert "for the routes" in window.models.tips.costs(views[row])[0]

    play(scene)


def test_a_key_that_is_held_down_or_modified_tips_nothing() -> None:
    def key(key: Qt.Key, *, held: bool = False, shift: bool = False) -> QKeyEvent:
        modifiers = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
        return QKeyEvent(QEvent.Type.KeyPress, key, modifiers, "", held)

    keys = (Qt.Key.Key_T, Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4)
    assert [preset_key(key(one)) for one in keys] == [0, 0, 1, 2, None]
    assert preset_key(key(Qt.Key.Key_T, held=True)) is None
    assert preset_key(key(Qt.Key.Key_T, shift=True)) is None
