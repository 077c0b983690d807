"""The window's words: every text of the source in every language, with its places and forms."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from tests import languages
from tipdesk.base.clock import Instant
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.ui import format as words
from tipdesk.ui.i18n import LANGUAGES, Language, say, speak, t, tn

CATALOGUES = sorted(languages.LANGUAGES.glob("tipdesk_*.ts"))
PLACE = re.compile(r"\{(\w+)\}")


@pytest.fixture
def chinese(qapp: QApplication) -> Iterator[None]:
    """The window speaks Chinese."""
    language = Language("zh_CN")
    language.use()
    yield
    language.leave()


def test_every_language_but_english_has_a_catalogue() -> None:
    assert {path.stem.removeprefix("tipdesk_") for path in CATALOGUES} == set(LANGUAGES) - {"en"}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_catalogues_have_every_text_of_the_source_and_no_other(path: Path) -> None:
    assert set(languages.read(path)) == set(languages.sources())


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_every_text_is_translated_with_the_places_it_has(path: Path) -> None:
    for pattern, forms in languages.read(path).items():
        for form in forms:
            assert form, pattern
            assert set(PLACE.findall(form)) == set(PLACE.findall(pattern)), pattern


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_what_the_window_loads_is_made_from_the_catalogue(path: Path) -> None:
    kept = path.with_suffix(".qm").read_bytes()
    assert languages.release(path) == kept


def test_english_has_its_form_for_one(qapp: QApplication) -> None:
    assert tn(1, "{count} tip", "{count} tips") == "1 tip"
    assert tn(1_024, "{count} tip", "{count} tips") == "1,024 tips"


def test_a_phrase_from_below_is_said_in_the_language(chinese: None) -> None:
    assert say(Phrase("{amount} proven", amount=Msat(21_000))) == "21 sat 已证实"
    assert say(Phrase.joined((Phrase("no fee"), Phrase("now")), " · ")) == "免手续费 · 刚刚"
    assert say(Phrase("{time} ago", time=Phrase("{n} min", n=2))) == "2 分钟前"


def test_numbers_choose_the_form_of_the_language(chinese: None) -> None:
    assert words.proof_in_short(Msat(0), Msat(0), 1) == "1 笔未计入"
    assert words.proof_in_short(Msat(0), Msat(0), 2) == "2 笔未计入"


def test_days_are_written_as_the_language_writes_them(chinese: None) -> None:
    assert words.date(Instant(1_777_800_000_000)) == "2026年5月3日"


def test_what_people_write_is_never_translated(chinese: None) -> None:
    assert say("now") == "now"
    assert t("{time} ago", time="now") == "now前"
    assert t("{time} ago", time="{n} {0}") == "{n} {0}前"


def test_english_has_english_months_wherever_the_computer_is(qapp: QApplication) -> None:
    before = QLocale()
    QLocale.setDefault(QLocale("fr_FR"))
    try:
        speak("en")
        assert words.date(Instant(1_777_800_000_000)) == "3 May 2026"
        assert words.decimal(123, 1) == "12.3"
    finally:
        QLocale.setDefault(before)


def test_a_text_that_no_catalogue_has_stays_english(chinese: None) -> None:
    assert say(Phrase("{n} words that nobody wrote", n=3)) == "3 words that nobody wrote"


def test_english_is_back_when_a_language_is_left(qapp: QApplication) -> None:
    language = Language("zh_CN")
    language.use()
    language.leave()
    assert t("no fee") == "no fee"
    assert words.date(Instant(1_777_800_000_000)) == "3 May 2026"
