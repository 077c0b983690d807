"""Alerts: each tip fired once, in its turn, by the creator's rules, and nothing stale."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import START
from tipdesk.base.clock import Instant
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat
from tipdesk.tips import alerts
from tipdesk.tips.alert import (
    Alert,
    AlertAction,
    AlertEvent,
    AlertRule,
    AlertSettings,
    ClockStruck,
    Fate,
    Hide,
    HideAsked,
    Keep,
    Landed,
    LandedTip,
    Part,
    PartKind,
    Passed,
    QuietHours,
    ReplayAsked,
    Show,
    SkipAsked,
    Speak,
    TrialAsked,
    Wake,
)
from tipdesk.tips.alerts import MAX_WAITING, AlertContext, AlertState
from tipdesk.tips.word_filter import WordFilter

SMALL = AlertRule(min_amount=Msat(1_000), duration_ms=5_000)
LARGE = AlertRule(
    min_amount=Msat(100_000), duration_ms=10_000, speaks=True, template="Wow: {amount} of {name}!"
)


def tip(number: int = 1, sat: int = 21, at: Instant = START, **more: object) -> LandedTip:
    plain = LandedTip(
        payment_hash=PaymentHash(number.to_bytes(32, "big")),
        amount=Msat(sat * 1_000),
        at=at,
        name="Bob",
        is_signed=True,
        comment="nice",
    )
    return replace(plain, **more)  # type: ignore[arg-type]


class Desk:
    """The machine, a clock, and what it did: fates kept, alerts shown."""

    def __init__(self, settings: AlertSettings | None = None) -> None:
        self.settings = settings or AlertSettings(rules=(SMALL, LARGE), spacing_ms=2_000)
        self.now = START
        self.state = AlertState()
        self.fates: dict[PaymentHash, Fate] = {}
        self.shown: list[Alert] = []
        self.minute = 12 * 60

    def take(self, event: AlertEvent) -> tuple[AlertAction, ...]:
        context = AlertContext(self.now, self.settings, self.minute, START, self.fates)
        self.state, actions = (
            (moved := alerts.step(self.state, event, context)).state,
            (moved.actions),
        )
        for action in actions:
            if isinstance(action, Keep):
                self.fates[action.payment_hash] = action.fate
            if isinstance(action, Show):
                self.shown.append(action.showing.alert)
        return moved.actions

    def land(self, number: int, sat: int = 21) -> tuple[AlertAction, ...]:
        return self.take(Landed(tip(number, sat, at=self.now)))

    def pass_ms(self, ms: int) -> tuple[AlertAction, ...]:
        self.now = self.now.plus_ms(ms)
        return self.take(ClockStruck())

    def fate(self, number: int) -> Fate | None:
        return self.fates.get(tip(number).payment_hash)


def test_a_tip_is_kept_before_it_is_shown() -> None:
    desk = Desk()
    actions = desk.land(1)
    hash_ = tip().payment_hash
    assert [type(action) for action in actions] == [Keep, Keep, Show, Wake]
    assert actions[:2] == (Keep(hash_, Fate.QUEUED), Keep(hash_, Fate.SHOWN))
    assert actions[3] == Wake(START.plus_ms(5_000))


def test_the_highest_rule_that_fits_is_taken() -> None:
    desk = Desk()
    actions = desk.land(1, sat=100)
    assert desk.shown[0].rule == LARGE
    assert desk.shown[0].headline == (
        Part(PartKind.TEXT, "Wow: "),
        Part(PartKind.AMOUNT, "100 sat"),
        Part(PartKind.TEXT, " of "),
        Part(PartKind.NAME, "Bob"),
        Part(PartKind.TEXT, "!"),
    )
    assert Speak("Wow: 100 sat of Bob!. nice") in actions


def test_one_msat_below_every_rule_is_not_fired() -> None:
    desk = Desk()
    desk.take(Landed(tip(amount=Msat(999))))
    assert (desk.shown, desk.fate(1)) == ([], Fate.TOO_SMALL)


def test_a_second_waits_for_the_first_and_the_spacing() -> None:
    desk = Desk()
    desk.land(1)
    desk.land(2)
    assert desk.fate(2) is Fate.QUEUED
    ended = desk.pass_ms(5_000)
    assert ended == (Hide(desk.shown[0]), Wake(START.plus_ms(7_000)))
    assert desk.pass_ms(1_999) == (Wake(START.plus_ms(7_000)),)
    desk.pass_ms(1)
    assert [alert.number for alert in desk.shown] == [1, 2]


def test_one_payment_is_fired_once_for_ever() -> None:
    desk = Desk()
    desk.land(1)
    desk.pass_ms(20_000)
    desk.state = AlertState()  # another run
    desk.take(Landed(tip(1)))
    assert len(desk.shown) == 1


@pytest.mark.parametrize("age_ms", [1, 3_600_000])
def test_what_landed_before_this_run_is_listed_and_not_fired(age_ms: int) -> None:
    desk = Desk()
    desk.take(Landed(tip(at=START.plus_ms(-age_ms))))
    assert (desk.shown, desk.fate(1)) == ([], Fate.AWAY)
    assert Fate.AWAY.is_missed


def test_what_settled_long_ago_is_not_fired_though_we_were_there() -> None:
    desk = Desk()
    desk.now = START.plus_ms(alerts.FRESH_MS + 1)
    desk.take(Landed(tip(at=START)))
    assert desk.fate(1) is Fate.AWAY


def test_held_alerts_wait_for_the_creators_word() -> None:
    desk = Desk(AlertSettings(rules=(SMALL,), holds=True))
    assert desk.land(1) == (Keep(tip(1).payment_hash, Fate.HELD),)
    desk.land(2)
    assert desk.shown == []
    desk.take(Passed(2))
    assert [alert.number for alert in desk.shown] == [2]
    desk.take(SkipAsked(1))
    assert (desk.fate(1), desk.state.held) == (Fate.SKIPPED, ())
    assert desk.take(Passed(1))[:-1] == ()


def test_hide_takes_it_off_at_once_and_the_next_comes_after_the_spacing() -> None:
    desk = Desk()
    desk.land(1)
    desk.land(2)
    hidden = Hide(desk.shown[0], is_asked=True)
    assert desk.take(HideAsked()) == (hidden, Wake(START.plus_ms(2_000)))
    desk.pass_ms(2_000)
    assert len(desk.shown) == 2
    desk.take(SkipAsked(2))
    assert desk.take(HideAsked()) == ()


def test_a_queued_alert_can_be_skipped() -> None:
    desk = Desk()
    desk.land(1)
    desk.land(2)
    desk.take(SkipAsked(2))
    desk.pass_ms(60_000)
    assert (len(desk.shown), desk.fate(2)) == (1, Fate.SKIPPED)


def test_replay_shows_a_tip_again_or_one_that_was_missed() -> None:
    desk = Desk()
    desk.take(Landed(tip(at=START.plus_ms(-1))))
    desk.take(ReplayAsked(tip()))
    desk.take(ReplayAsked(tip(2, sat=0)))
    desk.take(ReplayAsked(tip(2, sat=0)))
    assert (len(desk.shown), desk.fate(1), len(desk.state.queue)) == (1, Fate.SHOWN, 1)


def test_a_test_is_marked_and_leaves_no_trace() -> None:
    desk = Desk()
    desk.take(TrialAsked(Msat(1)))
    assert desk.shown == []
    actions = desk.take(TrialAsked(Msat(21_000)))
    assert desk.shown[0].is_test
    assert (desk.fates, [type(action) for action in actions]) == ({}, [Show, Wake])


@pytest.mark.parametrize(
    ("begin", "end", "minute", "quiet"),
    [
        (60, 120, 59, False), (60, 120, 60, True), (60, 120, 120, False), (5, 5, 5, False),
        (1_380, 420, 1_380, True), (1_380, 420, 0, True), (1_380, 420, 420, False),
    ],
)  # fmt: skip
def test_quiet_hours(begin: int, end: int, minute: int, quiet: bool) -> None:
    desk = Desk(AlertSettings(quiet=QuietHours(begin, end)))
    desk.minute = minute
    desk.land(1)
    assert desk.fate(1) is (Fate.QUIET if quiet else Fate.SHOWN)


def test_alerts_that_are_off_are_listed() -> None:
    desk = Desk(AlertSettings(is_on=False))
    desk.land(1)
    assert desk.fate(1) is Fate.QUIET


def test_the_queue_is_bounded_and_says_what_it_left_out() -> None:
    desk = Desk()
    for number in range(1, MAX_WAITING + 4):
        desk.land(number)
    assert len(desk.state.queue) == MAX_WAITING
    assert desk.fate(MAX_WAITING + 1) is Fate.QUEUED
    assert desk.fate(MAX_WAITING + 2) is Fate.CROWDED
    desk.take(ReplayAsked(tip(999)))
    desk.take(TrialAsked(Msat(21_000)))
    assert len(desk.state.queue) == MAX_WAITING


@pytest.mark.parametrize(
    ("name", "is_signed", "part"),
    [
        ("Bob", True, Part(PartKind.NAME, "Bob")),
        ("Bob", False, Part(PartKind.CLAIMED_NAME, "Bob")),
        ("", False, Part(PartKind.TEXT, "Somebody")),
        ("a\u202e{amount}\nb", True, Part(PartKind.NAME, "a{amount} b")),
        ("darn", True, Part(PartKind.NAME, "\u2217\u2217\u2217")),
    ],
)
def test_a_name_weighs_what_vouches_for_it(name: str, is_signed: bool, part: Part) -> None:
    desk = Desk(AlertSettings(words=WordFilter(("darn",))))
    desk.take(Landed(tip(name=name, is_signed=is_signed, comment="oh darn\x00")))
    assert desk.shown[0].headline[0] == part
    assert desk.shown[0].comment == "oh \u2217\u2217\u2217"


def test_a_clock_that_is_set_back_leaves_no_alert_on_the_page() -> None:
    desk = Desk()
    desk.now = START.plus_ms(3_600_000)
    desk.land(1)
    desk.land(2)
    desk.now = START
    assert isinstance(desk.take(ClockStruck())[0], Hide)
    desk.pass_ms(2_000)
    assert len(desk.shown) == 2


COMMANDS = st.one_of(
    st.builds(lambda n, s: Landed(tip(n, s)), st.integers(1, 6), st.integers(0, 200)),
    st.builds(lambda n: ReplayAsked(tip(n)), st.integers(1, 6)),
    st.builds(TrialAsked, st.just(Msat(5_000))),
    st.builds(Passed, st.integers(1, 12)),
    st.builds(SkipAsked, st.integers(1, 12)),
    st.just(HideAsked()),
    st.just(ClockStruck()),
)


@given(st.lists(st.tuples(COMMANDS, st.integers(0, 9_000)), max_size=40), st.booleans())
def test_whatever_happens_each_show_is_spaced_and_kept_first(
    script: list[tuple[AlertEvent, int]], holds: bool
) -> None:
    desk = Desk(AlertSettings(rules=(SMALL, LARGE), holds=holds))
    replayed = {e.tip.payment_hash for e, _ in script if isinstance(e, ReplayAsked)}
    last_until: Instant | None = None
    for event, ms in script:
        desk.now = desk.now.plus_ms(ms)
        for action in desk.take(event):
            if isinstance(action, Show):
                hash_ = action.showing.alert.payment_hash
                assert hash_ is None or desk.fates[hash_] is Fate.SHOWN
                assert last_until is None or action.showing.since >= last_until
                last_until = action.showing.since
            if isinstance(action, Hide):
                last_until = desk.now
    once = [a.payment_hash for a in desk.shown if a.payment_hash and a.payment_hash not in replayed]
    assert len(once) == len(set(once))
