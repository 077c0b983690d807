"""The two kinds of server that bdk asks about its addresses. Calls block."""

from dataclasses import dataclass
from typing import Final, Protocol

import bdkpython as bdk

from tipdesk.ports.wallet import WalletServerFailed

GAP: Final = 20
BATCH: Final = 50
PARALLEL: Final = 4
_TIMEOUT: Final = 45
"""Seconds: through a proxy the first answer may take that long."""


class WalletServer(Protocol):
    """Answers bdk's requests; `WalletServerFailed` if it does not."""

    def full_scan(self, request: bdk.FullScanRequest) -> bdk.Update:
        """Looks through all addresses, as far as twenty in a row are unused."""
        ...

    def sync(self, request: bdk.SyncRequest) -> bdk.Update:
        """Looks at the addresses that were given out."""
        ...


@dataclass(frozen=True, slots=True)
class WalletPlace:
    """Where bdk asks: ``tcp://`` is Electrum's, ``http://`` and ``https://`` are Esplora's."""

    url: str
    http_proxy: str = ""
    """What leads to an Esplora server; an Electrum server's `url` is such a place itself."""


def wallet_server(place: WalletPlace) -> WalletServer:
    """Connects nowhere yet."""
    return EsploraServer(place) if place.url.startswith("http") else ElectrumServer(place.url)


class ElectrumServer:
    """Connected at the first request, and again after a failure."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: bdk.ElectrumClient | None = None

    def full_scan(self, request: bdk.FullScanRequest) -> bdk.Update:
        """See `WalletServer`."""
        try:
            return self._connected().full_scan(request, GAP, BATCH, fetch_prev_txouts=False)
        except bdk.ElectrumError as error:
            raise self._failed() from error

    def sync(self, request: bdk.SyncRequest) -> bdk.Update:
        """See `WalletServer`."""
        try:
            return self._connected().sync(request, BATCH, fetch_prev_txouts=False)
        except bdk.ElectrumError as error:
            raise self._failed() from error

    def _connected(self) -> bdk.ElectrumClient:
        if self._client is None:
            self._client = bdk.ElectrumClient(self._url, timeout=_TIMEOUT, retry=1)
        return self._client

    def _failed(self) -> WalletServerFailed:
        self._client = None
        return WalletServerFailed(f"the chain server {self._url} failed")


class EsploraServer:
    """Asked over HTTP. bdk sets no time limit of its own."""

    def __init__(self, place: WalletPlace) -> None:
        self._url = place.url
        self._client = bdk.EsploraClient(place.url.rstrip("/"), place.http_proxy or None)

    def full_scan(self, request: bdk.FullScanRequest) -> bdk.Update:
        """See `WalletServer`."""
        try:
            return self._client.full_scan(request, GAP, PARALLEL)
        except bdk.EsploraError as error:
            raise WalletServerFailed(f"the chain server {self._url} failed") from error

    def sync(self, request: bdk.SyncRequest) -> bdk.Update:
        """See `WalletServer`."""
        try:
            return self._client.sync(request, PARALLEL)
        except bdk.EsploraError as error:
            raise WalletServerFailed(f"the chain server {self._url} failed") from error
