"""A chain server is known by the certificate it showed first."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.tls import Certificate, tls_before
from tipdesk.adapters.chain.electrum import ElectrumSource
from tipdesk.adapters.chain.pins import Pin, PinFile, PinnedTls, judge
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError
from tipdesk.bitcoin.network import Network
from tipdesk.ports.chain import CertificateChanged, SourceUnreachable
from tipdesk.practice.electrum_server import ElectrumServer
from tipdesk.practice.regtest import Regtest

FIRST, SECOND = Pin("aa" * 32, vouched=False), Pin("bb" * 32, vouched=False)
CA_FIRST, CA_SECOND = Pin("cc" * 32, vouched=True), Pin("dd" * 32, vouched=True)


class Now:
    def now(self) -> Instant:
        return Instant.from_unix_seconds(1_790_000_000)


@asynccontextmanager
async def behind_tls(certificate: Certificate, folder: Path, port: int = 0) -> AsyncIterator[int]:
    """The practice network's Electrum server, its port behind TLS."""
    regtest = Regtest(folder, Now())
    server = ElectrumServer(regtest)
    try:
        async with tls_before(certificate, await server.start(), port) as outer:
            yield outer
    finally:
        await server.stop()
        regtest.close()


async def connects(port: int, tls: PinnedTls) -> None:
    source = ElectrumSource("127.0.0.1", port, Network.REGTEST, WayOut(), tls=tls, timeout=5)
    try:
        await source.connect(lambda _: None)
        assert (await source.subscribe_headers()).height == 110
    finally:
        await source.close()
        await asyncio.sleep(0.01)


def test_the_first_certificate_is_taken_and_another_is_not() -> None:
    assert judge("host:1", None, FIRST) == FIRST
    assert judge("host:1", FIRST, FIRST) == FIRST
    with pytest.raises(CertificateChanged, match="Somebody may stand in between") as changed:
        judge("host:1", FIRST, SECOND)
    assert "delete the line of host:1" in str(changed.value)
    assert changed.value.seen == SECOND.digest


def test_an_authority_may_renew_but_not_be_replaced_by_nobody() -> None:
    assert judge("host:1", CA_FIRST, CA_SECOND) == CA_SECOND
    for known, seen in ((CA_FIRST, FIRST), (FIRST, CA_FIRST)):
        with pytest.raises(CertificateChanged):
            judge("host:1", known, seen)


def test_a_certificate_from_the_settings_is_the_only_one() -> None:
    assert judge("host:1", None, FIRST, demanded=FIRST.digest) == FIRST
    assert judge("host:1", SECOND, FIRST, demanded=FIRST.digest) == FIRST
    for known, seen in ((None, SECOND), (CA_FIRST, CA_SECOND), (SECOND, SECOND)):
        with pytest.raises(CertificateChanged, match="settings"):
            judge("host:1", known, seen, demanded=FIRST.digest)


def test_pins_are_kept_a_line_a_server(tmp_path: Path) -> None:
    pins = PinFile(tmp_path / "pins")
    assert pins.get("host:1") is None
    pins.put("host:1", FIRST)
    pins.put("other:2", CA_FIRST)
    assert PinFile(tmp_path / "pins").get("host:1") == FIRST
    assert PinFile(tmp_path / "pins").get("other:2") == CA_FIRST
    lines = (tmp_path / "pins").read_text().splitlines()
    (tmp_path / "pins").write_text("\n".join(["", "rubbish", *lines[1:]]))
    assert pins.get("host:1") is None
    assert pins.get("other:2") == CA_FIRST


async def test_a_server_nobody_vouches_for_is_known_again(tmp_path: Path) -> None:
    first, second = (Certificate.make(tmp_path / name) for name in ("one.pem", "two.pem"))
    pins = PinFile(tmp_path / "pins")
    async with behind_tls(first, tmp_path / "chain") as port:
        await connects(port, PinnedTls(pins, WayOut()))
        await connects(port, PinnedTls(pins, WayOut()))
        assert pins.get(f"127.0.0.1:{port}") == Pin(first.digest, vouched=False)
    async with behind_tls(second, tmp_path / "chain", port):
        with pytest.raises(CertificateChanged):
            await connects(port, PinnedTls(pins, WayOut()))
        assert pins.get(f"127.0.0.1:{port}") == Pin(first.digest, vouched=False)
        (tmp_path / "pins").write_text("")
        await connects(port, PinnedTls(pins, WayOut()))
        assert pins.get(f"127.0.0.1:{port}") == Pin(second.digest, vouched=False)


async def test_a_server_an_authority_vouches_for_may_renew(tmp_path: Path) -> None:
    first, second = (Certificate.make(tmp_path / name) for name in ("one.pem", "two.pem"))
    pins = PinFile(tmp_path / "pins")
    trusted = ssl.create_default_context(cafile=str(first.path))
    trusted.load_verify_locations(str(second.path))
    async with behind_tls(first, tmp_path / "chain") as port:
        await connects(port, PinnedTls(pins, WayOut(), trusted=trusted))
        assert pins.get(f"127.0.0.1:{port}") == Pin(first.digest, vouched=True)
    async with behind_tls(second, tmp_path / "chain", port):
        with pytest.raises(CertificateChanged):
            await connects(port, PinnedTls(pins, WayOut()))
        await connects(port, PinnedTls(pins, WayOut(), trusted=trusted))
        assert pins.get(f"127.0.0.1:{port}") == Pin(second.digest, vouched=True)


async def test_a_server_without_tls_is_a_backend_error(tmp_path: Path) -> None:
    regtest = Regtest(tmp_path / "chain", Now())
    server = ElectrumServer(regtest)
    try:
        with pytest.raises(BackendError) as failed:
            await connects(await server.start(), PinnedTls(PinFile(tmp_path / "pins"), WayOut()))
        assert isinstance(failed.value, SourceUnreachable)
    finally:
        await server.stop()
        regtest.close()
