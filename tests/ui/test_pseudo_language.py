"""In a language that nobody speaks: all that the window says goes through it, and fits."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from tests.ui import pseudo
from tests.ui.content import ANA
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.ui.i18n import t
from tipdesk.ui.loop import run
from tipdesk.ui.widgets.button import Button
from tipdesk.ui.widgets.text import Elided, Text

pytestmark = pytest.mark.usefixtures("qapp")

LEFT_TO_RIGHT = (
    *("page-feed", "page-tips", "page-wallet", "page-channels", "page-settings", "history"),
    *("messages-places", "person", "own", "safety-ask", "receive", "write"),
    *("desk-income", "desk-alerts", "desk-goals", "desk-triggers", "desk-receiving"),
    *("front-welcome", "front-keys"),
)
RIGHT_TO_LEFT = ("page-feed", "desk-alerts")
"""As many as a suite has time for; `python -m tests.ui.pseudo` looks at all there are."""


@pytest.fixture
def shown(qapp: QApplication) -> Iterator[QWidget]:
    """A small window to plant something in."""
    window = QWidget()
    window.resize(200, 120)
    QVBoxLayout(window)
    yield window
    window.close()
    window.deleteLater()


def plant(window: QWidget, part: QWidget) -> list[str]:
    layout = window.layout()
    assert layout is not None
    layout.addWidget(part)
    window.show()
    QApplication.processEvents()
    return pseudo.complaints(window, pseudo.stage_words())


@pytest.mark.parametrize("name", LEFT_TO_RIGHT)
def test_everything_is_said_in_the_language_and_fits(name: str) -> None:
    with pseudo.pseudo():
        run(lambda: check(name))


@pytest.mark.parametrize("name", RIGHT_TO_LEFT)
def test_it_fits_from_right_to_left_too(name: str) -> None:
    with pseudo.pseudo(Qt.LayoutDirection.RightToLeft):
        run(lambda: check(name))


async def check(name: str) -> None:
    assert await pseudo.look(name) == []


def test_a_plain_label_is_found(shown: QWidget) -> None:
    with pseudo.pseudo():
        found = plant(shown, Text("Tip sent"))
    assert found == ["plain: Text.text 'Tip sent'"]


def test_a_plain_word_beside_marked_ones_is_found(shown: QWidget) -> None:
    with pseudo.pseudo():
        found = plant(shown, Elided(f"{t('{n} min', n=2)} · paid late"))
    assert any("'paid late'" in one for one in found)


def test_a_label_that_is_cut_is_found(shown: QWidget) -> None:
    with pseudo.pseudo():
        label = Text(t("Send this payment to its receiver"))
        label.setFixedWidth(60)
        found = plant(shown, label)
    assert [one for one in found if one.startswith("cut")] == [f"cut: {label.text()!r}"]


def test_a_button_of_which_little_can_be_read_is_found(shown: QWidget) -> None:
    with pseudo.pseudo():
        button = Button(t("Send this payment to its receiver"))
        button.setFixedWidth(50)
        found = plant(shown, button)
    assert f"cut: {button.text()!r}" in found


def test_what_ends_in_an_ellipsis_and_what_people_wrote_are_no_complaints(shown: QWidget) -> None:
    with pseudo.pseudo():
        found = plant(shown, Elided(f"{t('Paid {amount}', amount=Msat(21_000))} · {ANA.title}"))
    assert found == []


def test_operands_stay_as_they_are_within_the_longer_sentence() -> None:
    with pseudo.pseudo():
        said = t("{amount} to {name}", amount=Msat(21_000), name=Phrase("somebody"))
    assert said.startswith(pseudo.OPEN)
    assert "21 sat" in said
    assert said.count(pseudo.OPEN) == 2
