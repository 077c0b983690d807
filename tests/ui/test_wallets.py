"""Wallets that the person has: connected with care, chosen, removed."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.ui.conftest import Play, until
from tests.ui.settings_pictures import RUNE_LINK
from tests.ui.stage import Stage
from tests.ui.stage_wallets import ATTIC, MODEST
from tests.ui.test_pages import texts
from tipdesk.nostr.nip47_link import WalletConnectLink
from tipdesk.ports.plugged import (
    WalletCertificateUnknown,
    WalletKeyRefused,
    WalletSpeaksOldEncryption,
    WalletUnreachable,
)
from tipdesk.services.views import Elsewhere
from tipdesk.tips.wallet_link import ServerLink, WalletKind
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.views.settings_wallets import ConnectPanel, WalletsSection
from tipdesk.ui.widgets.wallet_form import WalletForm

NWC = (
    "nostr+walletconnect://" + "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
    "?relay=wss%3A%2F%2Frelay.example&secret=" + "11" * 32
)
MACAROON = "0201" + "ab" * 40


def opened(window: MainWindow) -> WalletsSection:
    window.pages.open_wallets()
    return window.pages.settings.wallets


def connecting(window: MainWindow) -> WalletForm:
    section = opened(window)
    section.connect_button.click()
    assert section.panel is not None
    return section.panel.form


def idle(window: MainWindow) -> Callable[[], bool]:
    return lambda: not window.models.wallets.draft.is_busy


def test_a_pasted_link_is_asked_described_and_then_pays(play: Play, stage: Stage) -> None:
    stage.wallets.facts = replace(ATTIC, capabilities=MODEST)

    async def scene(window: MainWindow) -> None:
        form = connecting(window)
        assert not form.button.isEnabled()
        form.link.setText(RUNE_LINK)
        assert form.link.echoMode() is form.link.EchoMode.Password
        form.button.click()
        await until(lambda: bool(form.found_text))
        assert "Pays tips and invoices" in form.found_text
        assert "Decides by itself what a payment may cost in fees" in form.found_text
        form.name.setText("My node")
        form.button.click()
        panel = window.pages.settings.wallets.panel
        assert panel is not None
        await until(panel.isHidden)
        assert window.models.wallets.draft.text == ""
        await until(lambda: "My node" in texts(window.pages.settings.wallets))
        assert window.models.wallets.chosen.name == "My node"

    play(scene)


def test_a_certificate_that_nobody_vouches_for_is_compared_before_anything_is_sent(
    play: Play, stage: Stage
) -> None:
    stage.wallets.failure = WalletCertificateUnknown("10.0.0.2:8080", bytes(range(32)))

    async def scene(window: MainWindow) -> None:
        form = connecting(window)
        form.forms.buttons["lnd"].click()
        form.address.setText("10.0.0.2:8080")
        form.secret.setText(MACAROON)
        form.button.click()
        await until(lambda: window.models.wallets.draft.fingerprint is not None)
        assert any("0001 0203 0405" in text for text in texts(form))
        form.button.click()
        await until(lambda: bool(form.found_text))
        first, second = stage.wallets.asked
        assert isinstance(first, ServerLink)
        assert isinstance(second, ServerLink)
        assert (first.fingerprint, second.fingerprint) == (None, bytes(range(32)))
        assert second.kind is WalletKind.LND

    play(scene)


@pytest.mark.parametrize(
    ("link", "told"),
    [("lnbc1", "no link"), (RUNE_LINK, "refuses the key"), ("clnrest://10.0.0.2", "rune")],
)
def test_what_cannot_be_connected_says_why(play: Play, stage: Stage, link: str, told: str) -> None:
    stage.wallets.failure = WalletKeyRefused("10.0.0.2:3010")

    async def scene(window: MainWindow) -> None:
        form = connecting(window)
        form.link.setText(link)
        form.button.click()
        await until(lambda: bool(form.problem_text))
        assert told in form.problem_text
        form.link.setText(RUNE_LINK + "a")
        assert not form.problem_text

    play(scene)


def test_the_old_encryption_is_spoken_only_if_the_person_says_so(play: Play, stage: Stage) -> None:
    stage.wallets.failure = WalletSpeaksOldEncryption("relay.example")

    async def scene(window: MainWindow) -> None:
        form = connecting(window)
        form.link.setText(NWC)
        form.button.click()
        await until(lambda: bool(form.problem_text))
        assert "old encryption" in form.problem_text
        form.button.click()
        await until(lambda: bool(form.found_text))
        first, second = stage.wallets.asked
        assert isinstance(first, WalletConnectLink)
        assert isinstance(second, WalletConnectLink)
        assert (first.allows_nip04, second.allows_nip04) == (False, True)

    play(scene)


def test_what_was_secret_is_forgotten_when_the_panel_closes(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        form = connecting(window)
        form.link.setText(RUNE_LINK)
        panel = window.pages.settings.wallets.panel
        assert isinstance(panel, ConnectPanel)
        panel.dismiss()
        assert form.link.text() == ""
        assert window.models.wallets.draft.text == ""

    play(scene)


@pytest.mark.parametrize("by", ["a link from outside", "the box that sends"])
def test_a_link_of_a_wallet_leads_to_the_panel_and_asks_nobody(
    play: Play, stage: Stage, by: str
) -> None:
    async def scene(window: MainWindow) -> None:
        if by == "the box that sends":
            window.open_page(PageName.WALLET)
            window.pages.wallet.open_send_with(RUNE_LINK)
            assert window.pages.wallet.send_panel is not None
            assert window.pages.wallet.send_panel.text.toPlainText() == ""
        else:
            window.open_link(RUNE_LINK)
        panel = window.pages.settings.wallets.panel
        assert panel is not None
        assert not panel.isHidden()
        assert panel.form.link.text() == RUNE_LINK
        assert any("came from outside" in text for text in texts(panel.form))
        await until(idle(window))
        assert not stage.wallets.asked

    play(scene)


def test_another_wallet_is_chosen_and_one_that_owes_an_answer_stays(
    play: Play, stage: Stage
) -> None:
    stage.wallets.put_several()

    async def scene(window: MainWindow) -> None:
        section = opened(window)
        await until(lambda: len(section.list.lines) == 4)
        own, attic, hub, phoenix = section.list.lines
        own.buttons[0].click()
        await until(lambda: window.models.wallets.chosen.name == "TipDesk's own wallet")
        assert any("does not answer" in text for text in texts(hub))
        phoenix.buttons[-1].click()
        removal = section.removal
        assert removal is not None
        removal.button.click()
        await until(lambda: bool(removal.problem_text))
        assert "still on its way" in removal.problem_text
        removal.dismiss()
        attic.buttons[-1].click()
        removal.button.click()
        await until(removal.isHidden)
        assert len(stage.wallets.all) == 3

    play(scene)


def test_the_wallet_that_pays_is_named_and_why_it_is_away(play: Play, stage: Stage) -> None:
    problem = str(WalletUnreachable("10.0.0.2:8080"))
    stage.wallet.elsewhere = Elsewhere("Attic", problem, tuple(stage.channels.views[:1]))

    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.WALLET)
        said = texts(window.pages.wallet)
        assert "Can be spent now, from Attic" in said
        assert any("Attic cannot be reached. Your wallet at" in text for text in said)

    play(scene)


def test_channels_of_another_wallet_are_shown_and_not_closed_here(play: Play, stage: Stage) -> None:
    theirs = stage.channels.views.pop(0)
    del stage.channels.views[1:]
    stage.wallet.elsewhere = Elsewhere("Attic", "", (theirs,))

    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.CHANNELS)
        model = window.models.channels
        assert model.elsewhere(theirs) == "Attic"
        assert all(not model.elsewhere(own) for own in stage.channels.views)
        await until(lambda: any("in Attic" in one for one in texts(window.pages.channels)))

    play(scene)
