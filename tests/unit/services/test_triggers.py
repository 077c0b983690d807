"""What a tip sets off: signed, tried until it is taken, once, and through restarts."""

import asyncio
import hashlib
import hmac
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from tests.desks import POST, Desk
from tests.fakes import FAN, START, FakeEntropy
from tests.waiting import eventually
from tipdesk.adapters.desk.programs import ProgramRunner
from tipdesk.adapters.net.http import ChosenServerClient
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.secrets.vault import FileVault
from tipdesk.base.units import Msat
from tipdesk.ports.desk import JobState
from tipdesk.services import triggers
from tipdesk.services.trigger_rules import (
    BadTrigger,
    Command,
    TriggerRule,
    Webhook,
    load_rules,
    save_rules,
)
from tipdesk.services.triggers import TriggerService


class Station:
    """A desk, a server that takes webhooks, and the service between them."""

    def __init__(self, folder: Path, vault: FileVault) -> None:
        self.folder = folder
        self.desk = Desk(folder)
        self.vault = vault
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        self.url = ""
        self.http = ChosenServerClient(WayOut())
        self.open()

    def open(self) -> None:
        self.service = TriggerService(
            creator=self.desk.creator,
            log=self.desk.trigger_log,
            settings=self.desk.settings,
            vault=self.vault,
            http=self.http,
            runner=ProgramRunner(),
            bus=self.desk.bus,
            clock=self.desk.clock,
            entropy=FakeEntropy(),
        )

    def reopen(self) -> None:
        self.desk.close()
        self.desk.clock.pass_ms(1)
        self.desk.open()
        self.open()

    async def take(self, request: web.Request) -> web.Response:
        self.taken.append((dict(request.headers), await request.read()))
        if self.status == 302:
            return web.Response(status=302, headers={"Location": self.url + "/elsewhere"})
        return web.Response(status=self.status)

    def hook(self, **more: object) -> TriggerRule:
        plain = TriggerRule(
            name="hook", does=Webhook(self.url), min_amount=Msat(1_000), since=START, is_on=True
        )
        return replace(plain, **more)  # type: ignore[arg-type]

    def program(self, *arguments: str) -> TriggerRule:
        return self.hook(name="program", does=Command(arguments))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.ensure_future(self.service.run())
        await asyncio.sleep(0)
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def states(self) -> list[JobState]:
        return [job.state for job in self.service.jobs()]


@pytest.fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    vault = await FileVault.open_with_key_file(tmp_path / "v", tmp_path / "k", FakeEntropy())
    made = Station(tmp_path, vault)
    app = web.Application()
    app.router.add_post("/{path:.*}", made.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/tips"
    yield made
    await made.http.close()
    await runner.cleanup()
    made.desk.close()


async def test_a_webhook_is_signed_over_its_time_and_body(station: Station) -> None:
    station.desk.learn(FAN, "Bob")
    station.service.rules = (station.hook(),)
    async with station.running():
        payment_hash = await station.desk.tip(21, comment="hi \u2600")
        await eventually(lambda: station.states() == [JobState.DONE], "taken")
    ((headers, body),) = station.taken
    secret = bytes.fromhex(await station.service.secret())
    signed = headers["X-TipDesk-Timestamp"].encode() + b"." + body
    expected = hmac.new(secret, signed, hashlib.sha256).hexdigest()
    assert headers["X-TipDesk-Signature"] == f"sha256={expected}"
    assert headers["X-TipDesk-Timestamp"] == str(START.unix_seconds)
    told = json.loads(body)
    assert told == {
        "rule": "hook",
        "payment_hash": str(payment_hash),
        "amount_msat": 21_000,
        "settled_at_ms": START.ms,
        "sender": told["sender"],
        "name": "Bob",
        "is_name_signed": True,
        "comment": "hi \u2600",
        "post": str(POST),
    }
    await station.service.renew_secret()
    assert await station.service.secret() != secret.hex()


async def test_a_server_that_fails_is_tried_again_and_then_given_up(station: Station) -> None:
    station.status = 500
    station.service.rules = (station.hook(),)
    async with station.running():
        await station.desk.tip(21)
        for number in range(1, len(triggers.RETRY_SECONDS) + 1):
            await eventually(lambda n=number: len(station.taken) == n, f"try {number}")  # type: ignore[misc]
            await eventually(lambda: station.states() == [JobState.WAITING], "it waits")
            station.desk.clock.pass_ms(triggers.RETRY_SECONDS[number - 1] * 1_000)
            station.service._stirred.set()
        await eventually(lambda: station.states() == [JobState.FAILED], "given up")
    (job,) = station.service.jobs()
    assert (job.attempts, len(station.taken)) == (8, 8)
    assert "error 500" in job.problem


async def test_a_redirect_is_not_followed(station: Station) -> None:
    station.status = 302
    station.service.rules = (station.hook(),)
    async with station.running():
        await station.desk.tip(21)
        await eventually(lambda: bool(station.taken), "asked")
        await eventually(lambda: station.states() == [JobState.WAITING], "it waits")
    assert len(station.taken) == 1


async def test_what_was_owed_is_sent_after_a_restart_and_only_once(station: Station) -> None:
    station.service.rules = (station.hook(),)
    await station.desk.tip(21)
    station.reopen()
    async with station.running():
        await eventually(lambda: station.states() == [JobState.DONE], "sent")
    station.reopen()
    async with station.running():
        await asyncio.sleep(0.02)
    assert len(station.taken) == 1


async def test_a_webhook_cut_off_in_the_middle_is_sent_again_and_a_program_is_not(
    station: Station,
) -> None:
    station.service.rules = (station.hook(), station.program("/bin/false"))
    await station.desk.tip(21)
    for job in station.desk.trigger_log.unfinished():
        station.desk.trigger_log.save_job(replace(job, state=JobState.BEGUN, attempts=1))
    station.desk.trigger_log.commit()
    station.reopen()
    async with station.running():
        await eventually(lambda: JobState.DONE in station.states(), "sent")
    by_rule = {job.rule: job for job in station.service.jobs()}
    assert by_rule["hook"].attempts == 2
    assert by_rule["program"].problem.startswith("TipDesk was closed while it ran.")


async def test_tips_that_landed_while_away_tell_webhooks_and_start_no_program(
    station: Station,
) -> None:
    station.service.rules = (station.hook(), station.program("/bin/false"))
    station.reopen()
    station.desk.close()
    station.desk.clock.pass_ms(1)
    station.desk.open()
    payment_hash = await station.desk.tip(21)
    station.reopen()
    assert [(job.rule, job.payment_hash) for job in station.service.jobs()] == [
        ("hook", payment_hash)
    ]


async def test_only_tips_that_the_rule_is_about_set_it_off(station: Station) -> None:
    later = station.desk.clock.now().plus_ms(60_000)
    station.service.rules = (
        station.hook(name="off", is_on=False),
        station.hook(name="large", min_amount=Msat(21_001)),
        station.hook(name="later", since=later),
        station.hook(name="fits", min_amount=Msat(21_000)),
    )
    await station.desk.tip(21)
    assert [job.rule for job in station.service.jobs()] == ["fits"]
    station.reopen()
    assert [job.rule for job in station.service.jobs()] == ["fits"]


async def test_a_program_gets_the_tip_on_its_input(station: Station) -> None:
    out = station.folder / "out"
    code = "import sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read())"
    station.service.rules = (station.program(sys.executable, "-c", code, str(out)),)
    async with station.running():
        await station.desk.tip(21, comment="$(rm -rf /)")
        await eventually(lambda: station.states() == [JobState.DONE], "run")
    assert json.loads(out.read_bytes())["comment"] == "$(rm -rf /)"


async def test_a_program_that_fails_is_not_started_again(station: Station) -> None:
    station.service.rules = (station.program("/no/such/program"),)
    async with station.running():
        await station.desk.tip(21)
        await eventually(lambda: station.states() == [JobState.FAILED], "failed")
    (job,) = station.service.jobs()
    assert (job.attempts, "cannot be started" in job.problem) == (1, True)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "http://127.0.0.1.example.com/", "http://0.0.0.0/", "ftp://a/",
        "https://user:pass@example.com/", "https://", "", "https://a b/", "http://[::2]/", "//x",
        "file:///etc/passwd", "https://x:99999/", "http://192.168.0.1/", "https://\u00e4.example/",
    ],
)  # fmt: skip
def test_an_address_that_is_not_safe_is_refused(station: Station, url: str) -> None:
    with pytest.raises(BadTrigger, match="https://"):
        station.service.rules = (station.hook(does=Webhook(url)),)


def test_rules_are_kept_and_what_cannot_be_is_refused(station: Station) -> None:
    rules = (
        station.hook(does=Webhook("https://example.com/tips?x=1")),
        station.hook(name="here", does=Webhook("http://localhost:8080/")),
        station.program("/usr/bin/true", "-x"),
    )
    station.service.rules = rules
    assert load_rules(station.desk.settings) == rules
    hook = station.hook()
    for wrong in (
        (hook, hook),
        (replace(hook, name=""),),
        (replace(hook, min_amount=Msat(-1)),),
        (station.program(),),
        (station.program("a", "b\0"),),
        tuple(replace(hook, name=str(number)) for number in range(21)),
    ):
        with pytest.raises(BadTrigger):
            save_rules(station.desk.settings, wrong)
    assert not TriggerRule(name="x", does=Command(("x",)), min_amount=Msat(1), since=START).is_on


@pytest.mark.parametrize("text", ["", "[]", '{"triggers": 3}', '{"triggers": [{}]}', "{"])
def test_rules_that_cannot_be_read_are_none(station: Station, text: str) -> None:
    station.desk.settings.put_setting("desk.triggers", text)
    assert load_rules(station.desk.settings) == ()
