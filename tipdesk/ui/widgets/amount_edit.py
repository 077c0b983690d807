"""An amount, written as people write it: in sat, exact to the millisat, or in fiat by a rate."""

import re

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from tipdesk.base.units import Msat
from tipdesk.tips.fiat import Fiat, NotAFiatAmount, Rate, parse_fiat
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.widgets.unit_button import UnitButton

MOST = Msat(2_100_000_000_000_000_000)
_WRITTEN = re.compile(r"(\d{1,16})(?:\.(\d{1,3}))?")
_SAT = "sat"


class AmountEdit(QLineEdit):
    """Emits `amount_changed` with the amount, or None while there is none.

    Fiat can be written only while a rate is offered; it comes to whole sats.
    """

    amount_changed = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._rate: Rate | None = None
        self.in_fiat = False
        self.setFont(font(Type.STRONG, tabular=True))
        self.setFixedHeight(40)
        self.setMaxLength(28)
        self.setPlaceholderText("0")
        self.unit = UnitButton(self)
        self.unit.clicked.connect(self._toggle)
        self.textChanged.connect(self._changed)
        self._show_unit()

    @property
    def amount(self) -> Msat | None:
        """What is written; None if that is nothing or no amount."""
        if self.in_fiat:
            fiat = self._fiat()
            return None if fiat is None or self._rate is None else whole_sats(self._rate, fiat)
        return parse_amount(self.text())

    @property
    def problem(self) -> str:
        """Why what is written is no amount; empty if it is one, or nothing is written."""
        if not self.in_fiat or self._rate is None:
            return amount_problem(self.text())
        if not self.text().strip() or self.amount is not None:
            return ""
        code = self._rate.currency.code
        if self._fiat() is None:
            return t("Write an amount in {code} with digits, like 0.50.", code=code)
        return t("That comes to less than one sat, or to more than there is.")

    @property
    def worth(self) -> str:
        """What is written in the other unit: ``\u2248 0.11 USD``, ``= 105 sat``; or nothing."""
        amount, rate = self.amount, self._rate
        if amount is None or rate is None:
            return ""
        if self.in_fiat:
            return f"= {words.exact_amount(amount)}"
        fiat = rate.to_fiat(amount)
        return f"\u2248 {words.exact_fiat(fiat.currency, fiat.minor)}"

    def set_amount(self, amount: Msat | None) -> None:
        """Writes an amount, in sat."""
        self.in_fiat = False
        self._show_unit()
        self.setText("" if amount is None else words.exact_figure(amount))

    def use_sat(self) -> None:
        """What is written in fiat is from now on the sats it comes to."""
        if self.in_fiat:
            self.set_amount(self.amount)

    def offer_rate(self, rate: Rate | None) -> None:
        """The rate to write fiat by; None if there is none, then what was so written is gone."""
        before, self._rate = self._rate, rate
        if rate == before:
            return
        if self.in_fiat and (rate is None or before is None or rate.currency != before.currency):
            self.set_amount(None)
        elif self.in_fiat:
            self.amount_changed.emit(self.amount)
        self._show_unit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The unit stays at the end."""
        super().resizeEvent(event)
        self._place_unit()

    def _toggle(self) -> None:
        if self._rate is None:
            return
        amount = self.amount
        self.in_fiat = not self.in_fiat
        self._show_unit()
        if self.in_fiat:
            fiat = None if amount is None else self._rate.to_fiat(amount)
            self.setText("" if fiat is None or not fiat.minor else fiat.decimal)
        else:
            self.setText("" if amount is None else words.exact_figure(amount))
        # The same text may mean another amount now.
        self._changed(self.text())
        self.setFocus()
        self.selectAll()

    def _fiat(self) -> Fiat | None:
        if self._rate is None:
            return None
        try:
            return parse_fiat(self.text().replace(" ", ""), self._rate.currency)
        except NotAFiatAmount:
            return None

    def _show_unit(self) -> None:
        code = "" if self._rate is None else self._rate.currency.code
        unit = code if self.in_fiat else _SAT
        self.unit.show_unit(unit, other=(_SAT if self.in_fiat else code) if code else "")
        self.setAccessibleName(t("{name}, in {unit}", name=self._name, unit=unit))
        self._place_unit()

    def _place_unit(self) -> None:
        size = self.unit.sizeHint()
        self.unit.setGeometry(
            self.width() - size.width() - 5,
            (self.height() - size.height()) // 2,
            size.width(),
            size.height(),
        )
        self.setTextMargins(0, 0, size.width() - 4, 0)

    def _changed(self, text: str) -> None:
        amount = self.amount
        wrong = bool(text.strip()) and amount is None
        if self.property("wrong") != wrong:
            self.setProperty("wrong", wrong)
            self.style().unpolish(self)
            self.style().polish(self)
        self.amount_changed.emit(amount)


def whole_sats(rate: Rate, fiat: Fiat) -> Msat | None:
    """What fiat comes to, to the nearest sat: a server may take no parts of one."""
    sats = (rate.to_msat(fiat).value + 500) // 1_000
    amount = Msat(sats * 1_000)
    return amount if Msat(0) < amount <= MOST else None


def amount_problem(text: str) -> str:
    """A sentence on text that is no amount; empty if it is one, or blank."""
    if not text.strip() or parse_amount(text) is not None:
        return ""
    if not text.isascii() or re.fullmatch(r"[\d., ]+(sat)?", text.strip()) is None:
        return t("Write an amount in sat with digits, like 1,000 or 0.5.")
    if not text.strip("0., sat"):
        return t("An amount is more than nothing.")
    if re.search(r"\.\d{4}", text):
        return t("A sat has at most three decimals.")
    return t("That is more than there is. Write a smaller amount.")


def parse_amount(text: str) -> Msat | None:
    """``1,234.567`` as an amount; None if it is nothing, zero, too much or not one."""
    match = _WRITTEN.fullmatch(text.replace(",", "").replace(" ", "").removesuffix("sat"))
    if match is None or not text.isascii():
        return None
    amount = Msat(int(match[1]) * 1_000 + int((match[2] or "").ljust(3, "0")))
    return amount if Msat(0) < amount <= MOST else None
