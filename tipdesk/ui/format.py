"""Values as words: amounts, times, names. Nothing is rounded without saying so."""

from datetime import UTC, datetime, tzinfo

from PySide6.QtCore import QDate, QLocale

from tipdesk.base.clock import Instant
from tipdesk.base.text import many_lines, one_line
from tipdesk.base.units import Msat, Sat
from tipdesk.tips.fiat import Currency, Fiat
from tipdesk.ui.i18n import say, t, tn
from tipdesk.ui.veil import DOTS, veil

_SECOND = 1_000
_MINUTE = 60 * _SECOND
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
MINUS = "\u2212"
NAME_CHARS = 48
LINE_CHARS = 280
PROSE_CHARS = 5_000
MAX_ADDRESS_CHARS = 2_000


def figure(value: Msat | Sat) -> str:
    """As `exact_figure`, or dots while amounts are hidden."""
    return DOTS if veil().is_down else exact_figure(value)


def amount(value: Msat | Sat) -> str:
    """As `exact_amount`, or dots while amounts are hidden."""
    return f"{figure(value)} sat"


def exact_figure(value: Msat | Sat) -> str:
    """An amount in sat without its unit: exact, with the millisats if it is not whole."""
    if isinstance(value, Sat):
        return f"{value.value:,}"
    sign = "-" if value.value < 0 else ""
    whole, part = divmod(abs(value.value), 1_000)
    return f"{sign}{whole:,}.{part:03}" if part else f"{sign}{whole:,}"


def exact_amount(value: Msat | Sat) -> str:
    """An amount with its unit: ``1,234 sat``, or ``1,234.567 sat`` where it is not whole."""
    return f"{exact_figure(value)} sat"


def fee(value: Msat) -> str:
    """A fee: ``no fee``, or as `amount`."""
    return t("{amount} fee", amount=value) if value else t("no fee")


def fiat(currency: Currency, minor: int) -> str:
    """As `exact_fiat`, or dots while amounts are hidden."""
    return f"{DOTS} {currency.code}" if veil().is_down else exact_fiat(currency, minor)


def exact_fiat(currency: Currency, minor: int) -> str:
    """An amount of a currency, all its digits, with its code: ``1,234.50 USD``."""
    whole, dot, part = Fiat(currency, abs(minor)).decimal.partition(".")
    sign = MINUS if minor < 0 else ""
    return f"{sign}{int(whole):,}{dot}{part} {currency.code}"


def about_figure(value: Msat | Sat) -> str:
    """At most four characters for narrow places; a ``~`` says that it is rounded."""
    if veil().is_down:
        return DOTS
    sat = value.value if isinstance(value, Sat) else value.value // 1_000
    exact = isinstance(value, Sat) or not value.value % 1_000
    if sat < 10_000:
        return f"{sat:,}" if exact else f"~{sat:,}"
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if sat >= size:
            whole = exact and sat % size == 0
            return f"{'' if whole else '~'}{sat // size:,}{letter}"
    return str(sat)


def proof(proven: Msat, claimed: Msat, uncounted: int) -> str:
    """How far a total is proven, and what is not in it; empty where there is nothing to say."""
    parts = []
    if proven:
        parts.append(t("{amount} settled by your wallet", amount=proven))
    if claimed:
        parts.append(t("{amount} by their provider's word", amount=claimed))
    said = ", ".join(parts)
    if uncounted:
        left_out = tn(
            uncounted,
            "{count} receipt that nothing vouches for is not counted",
            "{count} receipts that nothing vouches for are not counted",
        )
        said = f"{said}; {left_out}" if said else left_out
    return said


def proof_in_short(proven: Msat, claimed: Msat, uncounted: int) -> str:
    """The same in a few words, for where there is little room."""
    if proven and claimed:
        parts = [t("{amount} proven", amount=proven)]
    elif proven:
        parts = [t("settled by your wallet")]
    else:
        parts = [t("by their provider's word")] if claimed else []
    if uncounted:
        parts.append(tn(uncounted, "{count} not counted", "{count} not counted"))
    return " \u00b7 ".join(parts)


def age(moment: Instant, now: Instant) -> str:
    """How long ago, in few letters: ``now``, ``2 min``, ``3 h``, ``5 d``, then the date."""
    passed = now.since(moment)
    if passed < 45 * _SECOND:
        return t("now")
    if passed < _HOUR:
        return t("{n} min", n=max(1, passed // _MINUTE))
    if passed < _DAY:
        return t("{n} h", n=passed // _HOUR)
    if passed < 7 * _DAY:
        return t("{n} d", n=passed // _DAY)
    return date(moment)


def ago(moment: Instant, now: Instant) -> str:
    """As `age`, as part of a sentence: ``just now``, ``2 min ago``, ``on 3 May 2026``."""
    passed = now.since(moment)
    if passed < 45 * _SECOND:
        return t("just now")
    if passed < 7 * _DAY:
        return t("{time} ago", time=age(moment, now))
    return t("on {day}", day=date(moment))


def date(moment: Instant, zone: tzinfo | None = None) -> str:
    """The day in the person's own time zone: ``3 May 2026``."""
    return _day(moment, zone, t("d MMM yyyy"))


def short_day(moment: Instant, zone: tzinfo | None = None) -> str:
    """A day of this year: ``3 May``."""
    return _day(moment, zone, t("d MMM"))


def month(moment: Instant, zone: tzinfo | None = None) -> str:
    """A month: ``May 2026``."""
    return _day(moment, zone, t("MMM yyyy"))


def clock_time(moment: Instant, zone: tzinfo | None = None) -> str:
    """The time of day: ``14:05``."""
    return f"{datetime.fromtimestamp(moment.ms / 1_000, tz=UTC).astimezone(zone):%H:%M}"


def moment(at: Instant, zone: tzinfo | None = None) -> str:
    """To the second, in the person's own time zone: ``3 May 2026, 14:02:31``."""
    local = datetime.fromtimestamp(at.ms / 1_000, tz=UTC).astimezone(zone)
    return t("{date}, {time}", date=date(at, zone), time=f"{local:%H:%M:%S}")


def start_of_day(now: Instant, zone: tzinfo | None = None) -> Instant:
    """Midnight of the person's own day."""
    local = datetime.fromtimestamp(now.ms / 1_000, tz=UTC).astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return Instant(int(midnight.timestamp() * 1_000))


def stamp(at: Instant, zone: tzinfo | None = None) -> str:
    """To the minute, in the person's own time zone, the same in every language: it sorts."""
    return f"{datetime.fromtimestamp(at.ms / 1_000, tz=UTC).astimezone(zone):%Y-%m-%d %H:%M}"


def took(ms: int) -> str:
    """A short duration: ``184 ms``, ``1.2 s``, ``2 min``."""
    if ms < _SECOND:
        return t("{n} ms", n=ms)
    if ms < _MINUTE:
        return t("{n} s", n=f"{ms / _SECOND:.1f}")
    return t("{n} min", n=ms // _MINUTE)


def seconds_left(until: Instant, now: Instant) -> int:
    """Whole seconds until a moment, rounded up; 0 when it has passed."""
    return max(0, -(-until.since(now) // _SECOND))


def decimal(number: int, places: int) -> str:
    """A number with so many of its digits behind the point: ``12.3`` of 123 and 1."""
    return QLocale().toString(number / 10**places, "f", places)


def name(text: str) -> str:
    """A stranger's name, safe on one line and cut."""
    return one_line(say(text), maximum=NAME_CHARS)


def line(text: str) -> str:
    """A stranger's words, or a phrase, safe on one line and cut."""
    return one_line(say(text), maximum=LINE_CHARS)


def address(url: str) -> str:
    """A link whole, as it will be opened: nothing of it is left out, only made visible."""
    return one_line(url, maximum=MAX_ADDRESS_CHARS)


def prose(text: str) -> str:
    """A stranger's words with their line breaks, safe and cut."""
    return many(text, PROSE_CHARS)


def many(text: str, most: int) -> str:
    """The same, cut after so many characters."""
    return many_lines(say(text), maximum=most)


def network(name: str) -> str:
    """A network as people call it: the practice network has coins without value."""
    return t("Practice coins") if name == "regtest" else name.capitalize()


def ends(text: str) -> str:
    """The ends of an address on chain: ``bcrt1qw508d6…7kygt080``; a short one whole."""
    return text if len(text) <= 24 else f"{text[:12]}…{text[-8:]}"


def short_key(key: bytes) -> str:
    """The ends of a long identifier: ``02ab34cd…9f10``."""
    text = key.hex()
    return f"{text[:8]}…{text[-4:]}"


def initials(text: str) -> str:
    """One or two letters that stand for a name."""
    words = [word for word in name(text).split() if word[0].isalnum()]
    if not words:
        return "?"
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return letters.upper()


def _day(moment: Instant, zone: tzinfo | None, form: str) -> str:
    local = datetime.fromtimestamp(moment.ms / 1_000, tz=UTC).astimezone(zone)
    return QLocale().toString(QDate(local.year, local.month, local.day), form)
