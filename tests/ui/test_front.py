"""The start of the program: three ways, each of which can be left; nothing is asked twice."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from tests.ui.conftest import until
from tests.ui.settings_pictures import RUNE_LINK
from tests.ui.stage import Stage
from tests.ui.stage_front import WORDS, StageDoor
from tests.ui.stage_wallets import ATTIC
from tests.ui.test_pages import texts
from tipdesk.base.errors import RequestError, StorageError
from tipdesk.base.phrase import Phrase
from tipdesk.bitcoin.network import Network
from tipdesk.services.front import LostWallet, NewWallet, ProfileEntry, Remedy, Servers
from tipdesk.ui.i18n import spoken
from tipdesk.ui.loop import run
from tipdesk.ui.start import Inbox, Program, StartFailed, reason
from tipdesk.ui.theme.wearing import wear
from tipdesk.ui.viewmodels.front import Step
from tipdesk.ui.viewmodels.front_draft import You
from tipdesk.ui.views.front import FrontWindow
from tipdesk.ui.views.front_mend import MendStep
from tipdesk.ui.views.front_steps import KeysStep, MoneyStep, ServersStep, YouStep
from tipdesk.ui.views.front_waits import (
    FailedStep,
    StartingStep,
    UnlockStep,
    WordsStep,
)
from tipdesk.ui.views.front_wallet import OwnWalletStep
from tipdesk.ui.views.front_welcome import Welcome
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.views.settings_appearance import AppearanceSection
from tipdesk.ui.views.wallet import WalletPage

LEFT = Qt.MouseButton.LeftButton
ENTER = Qt.Key.Key_Return
LOCKED = ProfileEntry(name="main", network="signet", needs_passphrase=True)
OPEN = ProfileEntry(name="main", network="signet")

T = TypeVar("T", bound=QWidget)
Scene = Callable[[Program], Awaitable[None]]
PlayFront = Callable[[Scene], None]


@pytest.fixture
def door(stage: Stage) -> StageDoor:
    return StageDoor(stage)


@pytest.fixture
def inbox(qapp: QApplication) -> Inbox:
    return Inbox(())


@pytest.fixture
def play_front(qapp: QApplication, door: StageDoor, inbox: Inbox) -> PlayFront:
    """Plays a scene at the start of the program, which has to end by itself afterwards."""

    def run_scene(scene: Scene) -> None:
        async def whole() -> None:
            program = Program(door, inbox)
            program.begin()
            running = asyncio.create_task(program.run())
            await asyncio.sleep(0.02)
            await scene(program)
            for window in windows():
                window.close()
            async with asyncio.timeout(3):
                await running
            await asyncio.sleep(0)
            assert door.opened == door.closed

        run(whole)

    return run_scene


def windows() -> list[MainWindow | FrontWindow]:
    return [
        one
        for one in QApplication.topLevelWidgets()
        if isinstance(one, MainWindow | FrontWindow) and one.isVisible()
    ]


def main_window() -> MainWindow:
    (found,) = windows()
    assert isinstance(found, MainWindow)
    return found


async def opened() -> MainWindow:
    await until(lambda: [type(one) for one in windows()] == [MainWindow])
    return main_window()


def part(program: Program, step: Step, kind: type[T]) -> T:
    found = program.front.steps[step]
    assert program.model.step is step, program.model.problem
    assert isinstance(found, kind)
    return found


def press(button: QWidget) -> None:
    QTest.mouseClick(button, LEFT)


def test_practice_coins_are_one_press_away(play_front: PlayFront, door: StageDoor) -> None:
    async def scene(program: Program) -> None:
        door.gate = asyncio.Event()
        welcome = part(program, Step.WELCOME, Welcome)
        assert program.front.focusWidget() is welcome.practice
        press(welcome.practice)
        await until(lambda: "faucet" in program.model.progress)
        waiting = part(program, Step.STARTING, StartingStep)
        assert waiting.said.text() == "Getting practice coins from the faucet …"
        door.gate.set()
        await opened()
        assert door.opened == ["practice"]
        assert door.preferences.now.last_profile == "practice"

    play_front(scene)


def test_a_start_can_be_cancelled(play_front: PlayFront, door: StageDoor) -> None:
    async def scene(program: Program) -> None:
        door.gate = asyncio.Event()
        welcome = part(program, Step.WELCOME, Welcome)
        press(welcome.practice)
        await until(lambda: program.model.step is Step.STARTING)
        QTest.keyClick(program.front, Qt.Key.Key_Escape)
        await until(lambda: not program.is_busy)
        part(program, Step.WELCOME, Welcome)
        assert program.front.isVisible()
        assert door.opened == []

    play_front(scene)


def test_making_a_wallet_can_be_cancelled(play_front: PlayFront, door: StageDoor) -> None:
    door.making = asyncio.Event()

    async def scene(program: Program) -> None:
        front, model = program.front, program.model
        model.make_new()
        model.suggest_for("signet")
        for _ in range(4):
            press(front.go_on)
        waiting = part(program, Step.STARTING, StartingStep)
        assert waiting.said.text() == "Making your wallet …"
        await asyncio.sleep(0.01)
        press(waiting.cancel)
        part(program, Step.KEYS, KeysStep)
        await until(lambda: door.left == 1)
        assert (door.made, door.opened) == ([], [])
        # What was answered is still there: the same press makes it after all.
        assert door.making is not None
        door.making.set()
        press(front.go_on)
        await opened()
        assert len(door.made) == 1

    play_front(scene)


def test_mending_a_profile_can_be_cancelled(play_front: PlayFront, door: StageDoor) -> None:
    door.entries.append(OPEN)
    door.preferences.change(last_profile="main")
    door.problem, door.helps = StorageError(Phrase("The words are gone.")), Remedy.WORDS
    door.making = asyncio.Event()

    async def scene(program: Program) -> None:
        await until(lambda: program.model.step is Step.FAILED)
        press(part(program, Step.FAILED, FailedStep).mend)
        mend = part(program, Step.MEND, MendStep)
        mend.words.setPlainText(WORDS)
        press(mend.button)
        await asyncio.sleep(0.01)
        press(part(program, Step.STARTING, StartingStep).cancel)
        part(program, Step.MEND, MendStep)
        await until(lambda: door.left == 1)
        assert (door.mended, door.opened) == ([], [])

    play_front(scene)


def test_a_file_that_was_chosen_stays_when_a_keyring_is_found_late(
    play_front: PlayFront, door: StageDoor
) -> None:
    door.looking = asyncio.Event()

    async def scene(program: Program) -> None:
        model = program.model
        model.make_new()
        model.draft.in_keyring = False
        assert door.looking is not None
        door.looking.set()
        await until(lambda: model.has_keyring)
        assert not model.draft.in_keyring

    play_front(scene)


def test_a_wallet_is_made_with_four_answers(play_front: PlayFront, door: StageDoor) -> None:
    async def scene(program: Program) -> None:
        front = program.front
        welcome = part(program, Step.WELCOME, Welcome)
        press(welcome.new)
        money = part(program, Step.MONEY, MoneyStep)
        press(front.go_on)
        assert front.said_text == "Tick the box if you accept the risk."
        press(money.accept)
        press(front.go_on)
        servers = part(program, Step.SERVERS, ServersStep)
        assert servers.chain.toPlainText() == "ssl://mainnet.example:50002"
        servers.chain.setPlainText("ssl://my.node:50002\n")
        press(front.go_on)
        you = part(program, Step.YOU, YouStep)
        QTest.keyClicks(you.name, "Robin")
        QTest.keyClick(you.name, ENTER)
        part(program, Step.KEYS, KeysStep)
        press(front.go_on)
        await opened()
        servers_kept = Servers(chain=("ssl://my.node:50002",), relays=("wss://relay.example",))
        assert door.made == [
            NewWallet(
                network="mainnet", servers=servers_kept, accepts_risk=True, profile_name="Robin"
            )
        ]

    play_front(scene)


def test_nothing_is_asked_twice_when_one_goes_back(play_front: PlayFront) -> None:
    async def scene(program: Program) -> None:
        front, model = program.front, program.model
        model.make_new()
        model.suggest_for("signet")
        press(front.go_on)
        servers = part(program, Step.SERVERS, ServersStep)
        servers.relays.setPlainText("wss://mine.example")
        press(front.go_on)
        you = part(program, Step.YOU, YouStep)
        press(you.you.buttons[You.BROUGHT.value])
        you.nsec.setText("nsec1mine")
        for _ in range(3):
            press(front.back)
        part(program, Step.WELCOME, Welcome)
        # All the way back is leaving: what was secret is forgotten.
        assert model.draft.nsec == ""
        model.make_new()
        model.suggest_for("signet")
        press(front.go_on)
        press(front.go_on)
        assert you.nsec.text() == ""
        press(you.you.buttons[You.BROUGHT.value])
        you.nsec.setText("hunter2")
        press(front.go_on)
        assert front.said_text == "That is no Nostr private key."
        you.nsec.setText("nsec1mine")
        press(front.go_on)
        press(front.back)
        assert you.nsec.text() == "nsec1mine"
        assert you.you.choice == You.BROUGHT.value

    play_front(scene)


def test_a_passphrase_is_written_twice_and_stays_nowhere(
    play_front: PlayFront, door: StageDoor
) -> None:
    door.keyring = False

    async def scene(program: Program) -> None:
        front, model = program.front, program.model
        model.make_new()
        model.suggest_for("signet")
        for _ in range(3):
            press(front.go_on)
        keys = part(program, Step.KEYS, KeysStep)
        await until(lambda: not model.draft.in_keyring)
        assert not keys.place.buttons["keyring"].isEnabled()
        for first, second, said in (
            ("short", "short", "A passphrase has at least 10 characters: a few words do well."),
            (door.passphrase, "another one", "The two are not the same: write it again."),
        ):
            keys.passphrase.setText(first)
            keys.again.setText(second)
            press(front.go_on)
            assert front.said_text == said
        keys.again.setText(door.passphrase)
        press(front.go_on)
        await opened()
        assert door.made[0].passphrase == door.passphrase
        assert door.made[0].nsec == ""
        assert (model.draft.passphrase, model.draft.again) == ("", "")

    play_front(scene)


def test_looking_around_publishes_nothing(play_front: PlayFront, door: StageDoor) -> None:
    async def scene(program: Program) -> None:
        front, model = program.front, program.model
        model.make_new()
        model.suggest_for("signet")
        press(front.go_on)
        press(front.go_on)
        you = part(program, Step.YOU, YouStep)
        you.name.setText("Robin")
        press(you.you.buttons[You.NONE.value])
        assert not you.name.isVisible()
        press(front.go_on)
        await until(lambda: model.has_keyring)
        press(front.go_on)
        await opened()
        made = door.made[0]
        assert isinstance(made, NewWallet)
        assert made.profile_name == made.nsec == ""

    play_front(scene)


def test_a_lost_wallet_comes_back(play_front: PlayFront, door: StageDoor) -> None:
    async def scene(program: Program) -> None:
        front, model = program.front, program.model
        welcome = part(program, Step.WELCOME, Welcome)
        press(welcome.restore)
        lost = part(program, Step.WORDS, WordsStep)
        lost.words.setPlainText("these are not words")
        press(front.go_on)
        assert front.said_text == "The words do not fit together."
        lost.words.setPlainText(WORDS.upper())
        press(front.go_on)
        assert front.said_text == "The words do not fit together."
        lost.words.setPlainText(WORDS)
        model.choose_backup("/home/me/missing")
        await until(lambda: front.said_text == "There is no such file.")
        model.choose_backup("/home/me/channels.backup")
        await until(lambda: model.draft.backup is not None)
        press(front.go_on)
        model.suggest_for("testnet4")
        press(front.go_on)
        press(front.go_on)
        assert front.go_on.text() == "Bring it back"
        await until(lambda: model.has_keyring)
        press(front.go_on)
        await opened()
        (made,) = door.made
        assert isinstance(made, LostWallet)
        assert (made.words, made.backup) == (WORDS, b"/home/me/channels.backup")
        assert model.draft.words == ""

    play_front(scene)


def test_a_wallet_one_has_is_asked_and_pays_in_the_new_profile(
    play_front: PlayFront, door: StageDoor
) -> None:
    door.stage.wallets.facts = replace(ATTIC, network=Network.MAINNET)

    async def scene(program: Program) -> None:
        model = program.model
        welcome = part(program, Step.WELCOME, Welcome)
        press(welcome.own)
        own = part(program, Step.OWN_WALLET, OwnWalletStep)
        assert own.form is not None
        press(program.front.go_on)
        assert "Ask the wallet first" in program.front.said_text
        own.form.link.setText(RUNE_LINK)
        press(own.form.button)
        await until(lambda: bool(own.form and own.form.found_text))
        assert own.form.button.isHidden()
        press(program.front.go_on)
        assert "Tick the box" in program.front.said_text
        press(own.accept)
        press(program.front.go_on)
        part(program, Step.YOU, YouStep)
        press(program.front.back)
        assert own.form.link.text() == RUNE_LINK
        press(program.front.go_on)
        press(program.front.go_on)
        part(program, Step.KEYS, KeysStep)
        press(program.front.go_on)
        await opened()
        (made,) = door.made
        assert isinstance(made, NewWallet)
        assert made.network == "mainnet"
        assert made.accepts_risk
        assert made.brought is not None
        assert "ab_-" not in repr(made)
        assert made.servers.chain == ("ssl://mainnet.example:50002",)
        assert model.wallet_draft.text == ""
        assert model.draft.brought is None

    play_front(scene)


def test_a_wallet_that_was_left_again_does_not_pay(play_front: PlayFront, door: StageDoor) -> None:
    async def scene(program: Program) -> None:
        press(part(program, Step.WELCOME, Welcome).own)
        own = part(program, Step.OWN_WALLET, OwnWalletStep)
        assert own.form is not None
        own.form.link.setText(RUNE_LINK)
        press(own.form.button)
        await until(lambda: bool(own.form and own.form.found_text))
        own.form.link.setText(RUNE_LINK + "a")
        press(program.front.go_on)
        assert "Ask the wallet first" in program.front.said_text
        press(program.front.back)
        assert own.form.link.text() == ""
        press(part(program, Step.WELCOME, Welcome).new)
        part(program, Step.MONEY, MoneyStep)

    play_front(scene)


def test_the_last_profile_opens_by_itself(play_front: PlayFront, door: StageDoor) -> None:
    door.entries.append(OPEN)
    door.preferences.change(last_profile="main")

    async def scene(program: Program) -> None:
        await opened()
        assert door.opened == ["main"]

    play_front(scene)


def test_a_locked_profile_wants_its_passphrase(play_front: PlayFront, door: StageDoor) -> None:
    door.entries.append(LOCKED)
    door.preferences.change(last_profile="main")

    async def scene(program: Program) -> None:
        unlock = part(program, Step.UNLOCK, UnlockStep)
        assert unlock.passphrase.echoMode() is QLineEdit.EchoMode.Password
        assert program.front.focusWidget() is unlock.passphrase
        QTest.keyClicks(unlock.passphrase, "wrong")
        QTest.keyClick(unlock.passphrase, ENTER)
        await until(lambda: program.front.said_text == "That does not open it.")
        part(program, Step.UNLOCK, UnlockStep)
        assert unlock.passphrase.text() == ""
        QTest.keyClicks(unlock.passphrase, door.passphrase)
        press(unlock.button)
        await opened()

    play_front(scene)


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (StorageError("the database is damaged"), "The database is damaged."),
        (
            ExceptionGroup("", [ValueError("x"), ExceptionGroup("", [StorageError("no disk")])]),
            "No disk.",
        ),
        (ValueError("a bug"), "Something went wrong in TipDesk itself (ValueError)."),
    ],
)
def test_a_profile_that_does_not_open_says_why_and_can_be_tried_again(
    play_front: PlayFront, door: StageDoor, problem: Exception, said: str
) -> None:
    door.entries.append(OPEN)
    door.problem = problem

    async def scene(program: Program) -> None:
        welcome = part(program, Step.WELCOME, Welcome)
        press(welcome.profiles[0])
        await until(lambda: program.model.step is Step.FAILED)
        assert program.front.said_text == said
        failed = part(program, Step.FAILED, FailedStep)
        door.problem = None
        press(failed.again)
        await opened()

    play_front(scene)


async def failed(program: Program, door: StageDoor, helps: Remedy) -> FailedStep:
    door.helps, door.problem = helps, RequestError("the keyring is locked")
    press(part(program, Step.WELCOME, Welcome).profiles[0])
    await until(lambda: program.model.step is Step.FAILED)
    return part(program, Step.FAILED, FailedStep)


@pytest.mark.parametrize("helps", [Remedy.WORDS, Remedy.KEYRING])
def test_a_wallet_without_its_keyring_opens_with_its_words(
    play_front: PlayFront, door: StageDoor, helps: Remedy
) -> None:
    door.entries.append(OPEN)

    async def scene(program: Program) -> None:
        press((await failed(program, door, helps)).mend)
        mend = part(program, Step.MEND, MendStep)
        mend.words.setPlainText("not these")
        press(mend.button)
        assert mend.problem_text == "The words do not fit together."
        mend.words.setPlainText(WORDS)
        assert mend.passphrase.isVisible() == (helps is Remedy.KEYRING)
        if helps is Remedy.KEYRING:
            press(mend.button)
            assert mend.problem_text.startswith("A passphrase has at least")
            mend.passphrase.setText(door.passphrase)
            mend.again.setText(door.passphrase)
        press(mend.button)
        await opened()
        ((remedy, given),) = door.mended
        assert (remedy, given.words) == (helps, WORDS)
        assert given.passphrase == (door.passphrase if helps is Remedy.KEYRING else "")
        assert program.model.draft.words == ""

    play_front(scene)


@pytest.mark.parametrize("nsec", ["nsec1mine", ""])
def test_a_nostr_key_that_is_gone_is_brought_back_or_made_anew(
    play_front: PlayFront, door: StageDoor, nsec: str
) -> None:
    door.entries.append(OPEN)

    async def scene(program: Program) -> None:
        press((await failed(program, door, Remedy.NOSTR_KEY)).mend)
        mend = part(program, Step.MEND, MendStep)
        assert not mend.words.isVisible()
        mend.nsec.setText(nsec)
        press(mend.button)
        await opened()
        assert door.mended[0][1].nsec == nsec

    play_front(scene)


def test_where_nothing_helps_only_another_try_is_offered(
    play_front: PlayFront, door: StageDoor
) -> None:
    door.entries.append(OPEN)

    async def scene(program: Program) -> None:
        assert not (await failed(program, door, Remedy.NONE)).mend.isVisible()

    play_front(scene)


def test_another_profile_can_be_opened_from_the_window(
    play_front: PlayFront, door: StageDoor
) -> None:
    door.entries += [OPEN, replace(OPEN, name="second")]
    door.preferences.change(last_profile="main")

    async def scene(program: Program) -> None:
        (await opened()).front_wanted.emit()
        await until(lambda: program.front.isVisible())
        assert door.closed == ["main"]
        welcome = part(program, Step.WELCOME, Welcome)
        assert [b.text() for b in welcome.profiles] == ["main · Signet", "second · Signet"]
        press(welcome.profiles[1])
        await opened()
        assert door.opened == ["main", "second"]

    play_front(scene)


def test_another_language_makes_the_windows_anew(
    play_front: PlayFront, door: StageDoor, stage: Stage
) -> None:
    door.entries.append(OPEN)
    door.preferences.change(last_profile="main")
    stage.preferences = door.preferences
    stop_wearing = wear(door.preferences)

    async def scene(program: Program) -> None:
        try:
            before = await opened()
            before.open_page(PageName.SETTINGS)
            section = before.pages.settings.section
            assert isinstance(section, AppearanceSection)
            section.language.buttons["zh_CN"].click()
            await until(lambda: windows() != [before] and len(windows()) == 1)
            window = main_window()
            assert window.page is PageName.SETTINGS
            assert "主题" in texts(window)
            # The app went on all the while.
            assert (door.opened, door.closed) == (["main"], [])
            window.front_wanted.emit()
            await until(lambda: program.front.isVisible())
            assert "为人们的创作打赏" in texts(program.front)
        finally:
            door.preferences.change(language="en")
            stop_wearing()

    play_front(scene)
    assert spoken() == "en"


def test_a_link_waits_for_the_window_and_is_shown_there(
    play_front: PlayFront, door: StageDoor, inbox: Inbox
) -> None:
    door.entries.append(LOCKED)
    door.preferences.change(last_profile="main")
    inbox.put(["lightning:ana@music.example"])

    async def scene(program: Program) -> None:
        program.model.unlock(door.passphrase)
        window = await opened()
        page = window.pages.page(PageName.WALLET)
        assert isinstance(page, WalletPage)
        assert window.page is PageName.WALLET
        assert page.send_panel is not None
        assert page.send_panel.text.toPlainText() == "lightning:ana@music.example"
        # A further start comes with another link: the same window takes it.
        window.showMinimized()
        inbox.put(["lightning:bela@music.example"])
        assert not window.isMinimized()
        assert page.send_panel.text.toPlainText() == "lightning:bela@music.example"

    play_front(scene)


def test_the_reason_of_an_end_is_the_one_that_can_be_told() -> None:
    told = StorageError("told")
    assert reason(ExceptionGroup("", [KeyError("x"), told])) is told
    found = reason(ExceptionGroup("", [KeyError("x")]))
    assert isinstance(found, StartFailed)
    assert found.kind == "KeyError"
