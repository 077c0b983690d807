"""The card on top of the wallet: one figure, parts that add up to it, and the next step."""

import pytest

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.test_pages import texts
from tipdesk.base.units import Sat
from tipdesk.ports.channels import ChannelStatus
from tipdesk.services.events import BalanceChanged
from tipdesk.tips.timeline import LineKind
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName


def test_every_part_is_named_with_its_amount_and_when_it_is_free(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.WALLET)
        card = window.pages.wallet.card
        said = card.part_texts()
        assert "Reserve: 29,000 sat. stays while a channel is open" in said
        assert any(
            one.startswith("In flight: 5,000 sat. settles by about 29 May, ") for one in said
        )
        assert any(one.startswith("Closing: 80,000 sat. free by about 2 Jun") for one in said)
        assert "On chain: 2,450,118 sat. a channel makes it spendable" in said
        assert {"1,402,042.345", "1,473.88 USD", "5,552,560.345 sat in all"} <= set(texts(card))
        assert card.step_text == ""

    play(scene)


def test_without_a_fresh_rate_there_is_no_fiat(play: Play, stage: Stage) -> None:
    stage.rates.lose()

    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.WALLET)
        assert window.pages.wallet.card.worth.text() == ""

    play(scene)


def test_an_empty_wallet_leads_to_the_first_sats(play: Play, stage: Stage) -> None:
    stage.channels.views.clear()
    stage.wallet.confirmed = stage.wallet.unconfirmed = Sat(0)

    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.WALLET)
        page = window.pages.wallet
        assert page.card.step_text.startswith("There are no sats here yet.")
        page.card.step_button.click()
        assert page.receive_panel is not None
        assert page.receive_panel.isVisible()

    play(scene)


def test_coins_without_a_channel_lead_to_one(play: Play, stage: Stage) -> None:
    stage.channels.views.clear()

    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.WALLET)
        window.pages.wallet.card.step_button.click()
        assert window.page is PageName.CHANNELS
        assert window.pages.channels.open_panel is not None
        assert window.pages.channels.open_panel.isVisible()

    play(scene)


@pytest.mark.parametrize(
    ("known", "told_before", "said"),
    [
        (False, None, "The wallet is being asked what is in it."),
        (True, None, "The chain server has not answered yet"),
        (True, 10, "The chain server does not answer. What is on chain is as of "),
        (True, 1, ""),
    ],
)
def test_what_is_not_known_is_said(
    play: Play, stage: Stage, known: bool, told_before: int | None, said: str
) -> None:
    stage.wallet.is_known = known
    stage.wallet.chain_told_at = (
        None if told_before is None else stage.clock.now().plus_ms(-told_before * content.MINUTE)
    )

    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.WALLET)
        text = window.pages.wallet.card.step_text
        assert text.startswith(said)
        assert bool(text) is bool(said)

    play(scene)


def test_a_peer_that_is_away_is_said_when_nothing_else_can_pay(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.WALLET)
        views = stage.channels.views
        views[:] = [v for v in views if v.status is ChannelStatus.OFFLINE]
        stage.bus.publish(BalanceChanged())
        card = window.pages.wallet.card
        await until(lambda: card.step_text.startswith("The other side of your channels is away."))

    play(scene)


def test_the_history_opens_with_payments_alone(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.WALLET)
        window.pages.wallet.history_button.click()
        assert window.page is PageName.HISTORY
        wanted = window.models.history.wanted.what
        assert wanted is not None
        assert wanted.value[1] == {LineKind.PAYMENT_SENT, LineKind.PAYMENT_RECEIVED}

    play(scene)
