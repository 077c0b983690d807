"""A creator's choices for alerts and pages, kept as JSON among the settings.

What is read back is bounded like what a person may choose; text that cannot be read counts as never
chosen.
"""

import json
from dataclasses import dataclass
from typing import Final

from tipdesk.base import strict_json
from tipdesk.base.clock import Instant
from tipdesk.base.errors import DecodeError, RequestError
from tipdesk.base.phrase import Phrase
from tipdesk.base.text import one_line
from tipdesk.base.units import Msat
from tipdesk.ports.stores_tips import SettingsStore
from tipdesk.tips.alert import AlertRule, AlertSettings, QuietHours
from tipdesk.tips.word_filter import MAX_WORDS, WordFilter

MAX_RULES: Final = 20
MAX_DURATION_MS: Final = 60_000
MAX_SPACING_MS: Final = 600_000
MAX_TITLE_CHARS: Final = 80
MAX_TEMPLATE_CHARS: Final = 120
_MAX_JSON: Final = 100_000
_ALERTS, _PAGES = "desk.alerts", "desk.pages"


@dataclass(frozen=True, slots=True)
class Goal:
    """What is collected for; tips count from `since` on."""

    title: str
    target: Msat
    since: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSettings:
    """What the pages beside the alerts show."""

    goal: Goal | None = None
    rows: int = 5
    """Of the top tippers and of the last tips."""
    top_days: int = 30
    """How far back top tippers are counted; 0 for ever."""


class ChoiceOutOfBounds(RequestError):
    """A number that makes no sense there."""

    def __init__(self, what: str, *, least: int, most: int) -> None:
        super().__init__(
            Phrase("{what} is from {least} to {most}.", what=what, least=least, most=most)
        )
        self.what = what


def load_alerts(store: SettingsStore) -> AlertSettings:
    """What was chosen, or the defaults."""
    try:
        fields = strict_json.parse_object(store.setting(_ALERTS) or "", maximum=_MAX_JSON)
        return checked_alerts(_read_alerts(fields))
    except (DecodeError, RequestError, KeyError, TypeError, ValueError):
        return AlertSettings()


def save_alerts(store: SettingsStore, chosen: AlertSettings) -> None:
    """Keeps what was chosen; `ChoiceOutOfBounds` if it cannot be."""
    chosen = checked_alerts(chosen)
    fields = {
        "is_on": chosen.is_on,
        "rules": [_written(rule) for rule in chosen.rules],
        "spacing_ms": chosen.spacing_ms,
        "holds": chosen.holds,
        "quiet": None if chosen.quiet is None else [chosen.quiet.begin, chosen.quiet.end],
        "words": chosen.words.words,
    }
    store.put_setting(_ALERTS, json.dumps(fields))


def checked_alerts(chosen: AlertSettings) -> AlertSettings:
    """Itself, unless a number is out of bounds."""
    _within(Phrase("The number of rules"), len(chosen.rules), 0, MAX_RULES)
    _within(
        Phrase("The pause between alerts, in milliseconds,"), chosen.spacing_ms, 0, MAX_SPACING_MS
    )
    _within(Phrase("The number of words"), len(chosen.words.words), 0, MAX_WORDS)
    for rule in chosen.rules:
        _within(Phrase("An alert's time, in milliseconds,"), rule.duration_ms, 500, MAX_DURATION_MS)
        _within(Phrase("The volume"), rule.volume, 0, 100)
        _within(Phrase("The length of the text"), len(rule.template), 0, MAX_TEMPLATE_CHARS)
        _within(Phrase("The smallest amount, in millisats,"), rule.min_amount.value, 0, 1 << 62)
    if chosen.quiet is not None:
        for minute in (chosen.quiet.begin, chosen.quiet.end):
            _within(Phrase("A minute of the day"), minute, 0, 1_439)
    return chosen


def load_pages(store: SettingsStore) -> PageSettings:
    """What was chosen, or the defaults."""
    try:
        fields = strict_json.parse_object(store.setting(_PAGES) or "", maximum=_MAX_JSON)
        goal = fields["goal"]
        chosen = PageSettings(
            goal=None
            if goal is None
            else Goal(_text(goal["title"]), Msat(_number(goal["target"])), Instant(goal["since"])),  # type: ignore[index]
            rows=_number(fields["rows"]),
            top_days=_number(fields["top_days"]),
        )
        return checked_pages(chosen)
    except (DecodeError, RequestError, KeyError, TypeError, ValueError):
        return PageSettings()


def save_pages(store: SettingsStore, chosen: PageSettings) -> None:
    """Keeps what was chosen; `ChoiceOutOfBounds` if it cannot be."""
    chosen = checked_pages(chosen)
    goal = chosen.goal
    fields = {
        "goal": goal
        and {
            "title": one_line(goal.title, maximum=MAX_TITLE_CHARS),
            "target": goal.target.value,
            "since": goal.since.ms,
        },
        "rows": chosen.rows,
        "top_days": chosen.top_days,
    }
    store.put_setting(_PAGES, json.dumps(fields))


def checked_pages(chosen: PageSettings) -> PageSettings:
    """Itself, unless a number is out of bounds."""
    _within(Phrase("The number of lines"), chosen.rows, 1, 20)
    _within(Phrase("The number of days"), chosen.top_days, 0, 36_500)
    if chosen.goal is not None:
        _within(Phrase("A goal, in millisats,"), chosen.goal.target.value, 1, 1 << 62)
    return chosen


def _within(what: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ChoiceOutOfBounds(what, least=least, most=most)


def _read_alerts(fields: dict[str, object]) -> AlertSettings:
    rules, quiet, words = fields["rules"], fields["quiet"], fields["words"]
    if not isinstance(rules, list) or not isinstance(words, list):
        raise TypeError
    return AlertSettings(
        is_on=bool(fields["is_on"]),
        rules=tuple(map(_rule, rules)),
        spacing_ms=_number(fields["spacing_ms"]),
        holds=bool(fields["holds"]),
        quiet=QuietHours(*map(_number, quiet)) if isinstance(quiet, list) else None,
        words=WordFilter(tuple(map(_text, words))),
    )


def _rule(fields: dict[str, object]) -> AlertRule:
    return AlertRule(
        min_amount=Msat(_number(fields["min_msat"])),
        duration_ms=_number(fields["duration_ms"]),
        picture=_text(fields["picture"]),
        sound=_text(fields["sound"]),
        volume=_number(fields["volume"]),
        speaks=bool(fields["speaks"]),
        template=_text(fields["template"]),
    )


def _written(rule: AlertRule) -> dict[str, object]:
    return {
        "min_msat": rule.min_amount.value,
        "duration_ms": rule.duration_ms,
        "picture": rule.picture,
        "sound": rule.sound,
        "volume": rule.volume,
        "speaks": rule.speaks,
        "template": rule.template,
    }


def _number(value: object) -> int:
    if type(value) is not int:
        raise TypeError
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
