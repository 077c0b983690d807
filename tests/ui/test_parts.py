"""Words, colours, amounts, codes, pictures and the loop."""

import asyncio
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from tests.ui.conftest import until
from tests.ui.stage import StageClock, StageImages, paint
from tipdesk.base.clock import Instant
from tipdesk.base.units import Msat, Sat
from tipdesk.ui import format as words
from tipdesk.ui.loop import LoopWatch, ask, run, send_errors_to, spawn
from tipdesk.ui.theme import icons
from tipdesk.ui.theme.roles import DARK, LIGHT, STARK_DARK, STARK_LIGHT, Roles, contrast
from tipdesk.ui.theme.stylesheet import stylesheet
from tipdesk.ui.viewmodels.images import Images, decode
from tipdesk.ui.viewmodels.rows import Rows
from tipdesk.ui.widgets.amount_edit import parse_amount
from tipdesk.ui.widgets.button import Button
from tipdesk.ui.widgets.text import Elided, Prose, plain_tooltip

NOW = Instant(1_780_000_000_000)


@pytest.mark.parametrize(
    ("theme", "least"),
    [(LIGHT, 4.5), (DARK, 4.5), (STARK_LIGHT, 7), (STARK_DARK, 7)],
    ids=["light", "dark", "light, high contrast", "dark, high contrast"],
)
def test_every_text_has_contrast_enough(theme: Roles, least: float) -> None:
    for ground in (theme.canvas, theme.rail, theme.surface, theme.raised, theme.field):
        for ink in (theme.ink, theme.ink_soft, theme.ink_faint):
            assert contrast(ink, ground) >= least
    pairs = (
        (theme.on_accent, theme.accent),
        (theme.on_accent, theme.accent_hover),
        (theme.accent_ink, theme.accent_soft),
        (theme.accent_ink, theme.rail),
        (theme.good, theme.good_soft),
        (theme.bad, theme.bad_soft),
        (theme.bad, theme.rail),
        (theme.busy, theme.busy_soft),
        (theme.good, theme.surface),
        (theme.ink_soft, theme.sunken),
    )
    for ink, ground in pairs:
        assert contrast(ink, ground) >= least


def test_the_stylesheet_knows_every_colour_it_names() -> None:
    assert "$" not in stylesheet(DARK)
    assert DARK.canvas in stylesheet(DARK)


def test_every_icon_has_one_stroke_weight() -> None:
    assert len(icons.names()) >= 30
    assert all('stroke-width="1.75"' in icons._source(name) for name in icons.names())


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Msat(21_000), "21 sat"),
        (Msat(1_234_567), "1,234.567 sat"),
        (Msat(1_000_001), "1,000.001 sat"),
        (Msat(500), "0.500 sat"),
        (Msat(-1_500), "-1.500 sat"),
        (Sat(2_100_000), "2,100,000 sat"),
    ],
)
def test_amounts_are_exact(value: Msat | Sat, said: str) -> None:
    assert words.amount(value) == said


@given(st.integers(1, 2_100_000_000_000_000_000))
def test_an_amount_written_by_us_is_read_as_itself(value: int) -> None:
    assert parse_amount(words.figure(Msat(value))) == Msat(value)


@pytest.mark.parametrize("text", ["", "0", "-5", "1.2345", "1e5", "\u0661", "abc", "9" * 30, "."])
def test_what_is_no_amount_is_none(text: str) -> None:
    assert parse_amount(text) is None


@pytest.mark.parametrize(
    ("seconds", "short", "long"),
    [
        (0, "now", "just now"),
        (120, "2 min", "2 min ago"),
        (3 * 3600, "3 h", "3 h ago"),
        (5 * 86_400, "5 d", "5 d ago"),
    ],
)
def test_times_are_short(seconds: int, short: str, long: str) -> None:
    moment = Instant(NOW.ms - seconds * 1_000)
    assert words.age(moment, NOW) == short
    assert words.ago(moment, NOW) == long


def test_old_things_have_a_date_and_days_begin_at_midnight() -> None:
    assert words.date(Instant(0), UTC) == "1 Jan 1970"
    assert words.start_of_day(Instant(86_400_000 + 5), UTC) == Instant(86_400_000)


def test_durations_and_countdowns() -> None:
    assert [words.took(ms) for ms in (184, 1_234, 150_000)] == ["184 ms", "1.2 s", "2 min"]
    assert words.seconds_left(Instant(NOW.ms + 4_001), NOW) == 5
    assert words.seconds_left(Instant(NOW.ms - 1), NOW) == 0


def test_names_are_cut_and_cleaned() -> None:
    assert words.name("\u202eevil\u0000\nname") == "evil name"
    assert len(words.name("x" * 500)) == words.NAME_CHARS
    assert words.initials("Ana Ruiz") == "AR"
    assert words.initials("<>") == "?"


def test_a_tooltip_shows_markup_as_letters() -> None:
    assert plain_tooltip("<b>x</b>") == "<span>&lt;b&gt;x&lt;/b&gt;</span>"


def test_prose_is_cut_after_its_lines_and_says_so(qapp: QApplication) -> None:
    prose = Prose(lines=3)
    prose.setText("one two three " * 100)
    height = prose.arrange(300)
    assert prose.is_cut
    prose.setText("short")
    assert prose.arrange(300) < height
    assert not prose.is_cut


def test_pictures_are_scaled_and_only_pictures_are_decoded() -> None:
    image = decode(paint("x"), 200)
    assert image is not None
    assert (image.width(), image.height()) == (200, 125)
    assert decode(b"", 200) is None
    assert decode(b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", 200) is None
    assert decode(paint("x")[:100], 200) is None


def test_a_picture_is_fetched_once_and_a_missing_one_not_again_at_once(qapp: QApplication) -> None:
    async def scene() -> None:
        source = StageImages()
        images = Images(source, StageClock())
        for _ in range(3):
            assert images.get("https://a.example/x.png", 100) is None
        await until(lambda: images.get("https://a.example/x.png", 100) is not None)
        assert isinstance(images.get("https://a.example/x.png", 100), QImage)
        images.get("https://a.example/missing.png", 100)
        await until(lambda: images.has_failed("https://a.example/missing.png"))
        images.get("https://a.example/missing.png", 100)
        assert source.fetched == ["https://a.example/x.png", "https://a.example/missing.png"]

    run(scene)


def test_new_rows_on_top_are_inserted_and_others_compared() -> None:
    rows: Rows[tuple[int, str]] = Rows(lambda r: r[0], lambda r: r[1])
    told: list[str] = []
    rows.modelReset.connect(lambda: told.append("reset"))
    rows.rowsInserted.connect(lambda _, first, last: told.append(f"insert {first}-{last}"))
    rows.dataChanged.connect(lambda first, _: told.append(f"change {first.row()}"))
    rows.replace([(1, "a")])
    rows.replace([(2, "b"), (1, "a")])
    rows.replace([(2, "b"), (1, "A")])
    rows.replace([(1, "A")])
    assert told == ["insert 0-0", "insert 0-0", "change 1", "reset"]
    assert rows.data(rows.index(0, 0)) == "A"


def test_a_spawned_task_ends_with_its_owner_and_errors_have_one_sink(qapp: QApplication) -> None:
    async def scene() -> None:
        errors: list[BaseException] = []
        window = QObject()
        owner = QObject(window)
        send_errors_to(errors.append, window)
        forever = spawn(asyncio.sleep(3_600), owner)
        failing = spawn(_fail(), owner)
        await until(lambda: failing.done())
        assert [str(error) for error in errors] == ["on purpose"]
        send_errors_to(None, window)
        del owner, window
        await until(lambda: forever.cancelled())

    run(scene)


async def _fail() -> None:
    raise ValueError("on purpose")


def test_a_dialog_is_awaited_without_a_nested_loop(qapp: QApplication) -> None:
    async def scene() -> int:
        dialog = QDialog()
        answer = ask(dialog)
        await asyncio.sleep(0)
        dialog.done(7)
        return await answer

    assert run(scene) == 7


def test_a_timer_is_never_early(qapp: QApplication) -> None:
    async def scene() -> float:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await asyncio.sleep(0.4)
        return loop.time() - began

    assert run(scene) >= 0.398


def test_the_watch_sees_a_pause_of_the_loop(qapp: QApplication) -> None:
    async def scene() -> float:
        watch = LoopWatch()
        watch.start()
        await asyncio.sleep(0.03)
        hold_the_loop()
        await asyncio.sleep(0.03)
        watch.stop()
        return watch.longest_pause_ms

    assert run(scene) >= 50


def hold_the_loop() -> None:
    """Keeps the loop busy for 80 milliseconds."""
    loop = asyncio.get_running_loop()
    until_then = loop.time() + 0.08
    while loop.time() < until_then:
        pass


def test_a_button_whose_words_are_cut_says_them_in_its_tool_tip(qapp: QApplication) -> None:
    button = Button("Read everything that was ever said about it", icon="reader")
    button.resize(100, 36)
    place = QWidget()
    button.setParent(place)
    place.show()
    assert "ever said about it" in button.toolTip()
    button.set_label("Read")
    assert button.toolTip() == ""
    owned = Button("Read everything that was ever said about it")
    owned.setToolTip("Opens the reader")
    owned.setParent(place)
    owned.resize(60, 36)
    owned.show()
    assert owned.toolTip() == "Opens the reader"


def test_what_is_cut_has_the_whole_of_it_as_its_tool_tip_also_after_other_words(
    qapp: QApplication,
) -> None:
    label, long = Elided(), "words that have no room at all " * 4
    label.resize(120, 20)
    label.show()
    label.setText("short")
    assert label.toolTip() == ""
    label.setText(long)
    assert label.toolTip() == plain_tooltip(long)
    label.setText("short")
    assert label.toolTip() == ""
    label.setToolTip("of its owner")
    label.setText(long)
    assert label.toolTip() == "of its owner"
    label.deleteLater()
