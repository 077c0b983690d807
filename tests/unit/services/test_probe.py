"""Would a tip arrive: each thing that can be wrong is found, named, and comes with a next step."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.desks import Desk
from tests.fakes import (
    ADDRESS,
    NODE,
    PROVIDER,
    RELAY,
    STRANGER,
    CreatorServer,
    FakeClock,
    FakeEntropy,
    FakeWallet,
    ScriptedHttp,
)
from tipdesk.adapters.net.http import WebClient
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.secrets.signer import KeySigner
from tipdesk.adapters.web.requesters import Requesters
from tipdesk.adapters.web.server import Handlers, WebServer
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import NodeId
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.invoice import bolt11
from tipdesk.ports.http import NotReachable
from tipdesk.services.lnurl_client import LnurlClient
from tipdesk.services.probe import OurNode, ProbeService, ProbeStep
from tipdesk.tips.payment import Balance, CreatedInvoice, InvoiceRequest

ALL = list(ProbeStep)


@dataclass
class World:
    """A scripted server, and ourselves as its invoices' payee and receipts' signer."""

    clock: FakeClock = field(default_factory=FakeClock)
    http: ScriptedHttp = field(default_factory=ScriptedHttp)
    is_public: bool = True
    elsewhere: bool = False

    def __post_init__(self) -> None:
        self.wallet = FakeWallet(self.clock)
        self.server = CreatorServer(self.http, self.wallet, self.clock)

    async def failed(self) -> list[ProbeStep]:
        probe = probe_over(
            self.http, self.wallet, self.clock, self.is_public, elsewhere=self.elsewhere
        )
        checks = await probe.probe(ADDRESS)
        for check in checks:
            assert check.sentence
            assert bool(check.next_step) is not check.passed
            assert "No money moved" not in check.sentence
        assert [check.step for check in checks] == ALL[: len(checks)]
        return [check.step for check in checks if not check.passed]


def probe_over(
    http: ScriptedHttp | WebClient,
    wallet: FakeWallet,
    clock: FakeClock,
    is_public: bool,
    *,
    elsewhere: bool = False,
) -> ProbeService:
    return ProbeService(
        lnurl=LnurlClient(http, Network.REGTEST),
        signer=KeySigner(PROVIDER, FakeEntropy()),
        wallet=wallet,
        clock=clock,
        ours=OurNode(Network.REGTEST, lambda: elsewhere, lambda: is_public, lambda: (RELAY,)),
    )


async def test_an_address_that_works_passes_every_step() -> None:
    world = World()
    assert await world.failed() == []
    assert world.server.queries[0]["amount"] == ["1000"]
    assert world.wallet.orders == []


@pytest.mark.parametrize(
    ("break_it", "failed"),
    [
        (
            lambda w: setattr(w.http, "answers", {"http": NotReachable("127.0.0.1")}),
            [ProbeStep.SERVER],
        ),
        (lambda w: setattr(w.server, "zaps", False), [ProbeStep.ZAPS, ProbeStep.COMMITMENT]),
        (
            lambda w: w.http.answers.update(
                {"http://127.0.0.1:9000/lnurlp": b'{"status":"ERROR","reason":"closed"}'}
            ),
            [ProbeStep.INVOICE],
        ),
        (
            lambda w: w.http.answers.update({"http://127.0.0.1:9000/lnurlp": b'{"pr":"lnbc1"}'}),
            [ProbeStep.INVOICE],
        ),
        (lambda w: setattr(w, "is_public", False), [ProbeStep.ROUTE]),
        (
            lambda w: setattr(w.wallet, "balances", Balance(Msat(1), Msat(999), Msat(1))),
            [ProbeStep.ROOM],
        ),
    ],
)
async def test_what_stands_in_the_way_is_found(
    break_it: Callable[[World], None], failed: list[ProbeStep]
) -> None:
    world = World()
    break_it(world)
    drop_callback_if_replaced(world)
    assert await world.failed() == failed


def drop_callback_if_replaced(world: World) -> None:
    """The longest start of an address counts: the scripted callback must make way."""
    if "http://127.0.0.1:9000/lnurlp" in world.http.answers:
        world.http.answers = {
            start: answer
            for start, answer in world.http.answers.items()
            if not start.endswith("/callback")
        }


@pytest.mark.parametrize(
    ("terms", "failed"),
    [
        ({"network": Network.MAINNET}, [ProbeStep.NETWORK]),
        ({"amount": Msat(1_001)}, [ProbeStep.AMOUNT]),
        ({"amount": None}, [ProbeStep.AMOUNT]),
        ({"expiry": 59}, [ProbeStep.EXPIRY]),
        ({"description_hash": bytes(32)}, [ProbeStep.COMMITMENT]),
        ({"key": STRANGER}, [ProbeStep.PAYEE, ProbeStep.ROUTE]),
    ],
)
async def test_a_wrong_invoice_is_found(terms: dict[str, object], failed: list[ProbeStep]) -> None:
    world = World()
    world.server.twist = lambda right: {**right, **terms}
    assert await world.failed() == failed


async def test_another_wallet_that_is_paid_needs_no_channel_of_ours_and_no_known_room() -> None:
    world = World(is_public=False, elsewhere=True)
    world.wallet.balances = Balance(Msat(1), None, Msat(1))
    assert await world.failed() == []


async def test_a_wallet_that_is_away_is_found() -> None:
    world = World()

    async def away(request: InvoiceRequest) -> CreatedInvoice:
        raise BackendError("the wallet is away")

    world.wallet.create_invoice = away  # type: ignore[method-assign]
    assert (await world.failed())[-1] is ProbeStep.PAYEE


async def test_another_signer_of_receipts_is_told_apart() -> None:
    world = World()
    service = ProbeService(
        lnurl=LnurlClient(world.http, Network.REGTEST),
        signer=KeySigner(STRANGER, FakeEntropy()),
        wallet=world.wallet,
        clock=world.clock,
        ours=OurNode(Network.REGTEST, lambda: False, lambda: True, lambda: (RELAY,)),
    )
    checks = {check.step: check for check in await service.probe(ADDRESS)}
    assert "provider's word" in checks[ProbeStep.ZAPS].sentence


async def test_our_own_server_passes_over_http(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    server = WebServer(
        Handlers(desk.receiving.lnurl_params, desk.receiving.lnurl_invoice),
        requesters=Requesters(desk.clock),
    )
    await server.start()
    desk.serve_at(server.authority)
    http = WebClient(Network.REGTEST, WayOut())
    service = ProbeService(
        lnurl=LnurlClient(http, Network.REGTEST),
        signer=desk.signer,
        wallet=desk.wallet,
        clock=desk.clock,
        ours=OurNode(Network.REGTEST, lambda: False, lambda: True, lambda: (RELAY,)),
    )
    checks = await service.probe(f"ana@{server.authority}")
    assert [check for check in checks if not check.passed] == []
    (request, invoice), (_, shown_to_nobody) = desk.wallet.issued.values()
    assert bolt11.decode(shown_to_nobody).expires_at <= desk.clock.now().plus_ms(60_000)
    assert (request.amount, bolt11.decode(invoice).payee) == (Msat(1_000), NodeId(NODE.point))
    assert desk.creator.count() == 0
    await http.close()
    await server.stop()
    desk.close()
