"""aiohttp's connections, opened by the one door out."""

import asyncio
import socket
import ssl
from typing import Any, Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import AddrInfoType

from tipdesk.adapters.net.way_out import WayOut
from tipdesk.ports.way_out import Reach

TLS_SECONDS: Final = 30.0
_NOWHERE: Final = "0.0.0.0"


class WebConnector(aiohttp.TCPConnector):
    """Neither looks names up nor opens sockets itself, whatever aiohttp would do."""

    def __init__(
        self, way: WayOut, *, reach: Reach, limit: int = 20, force_close: bool = False
    ) -> None:
        super().__init__(
            resolver=_NoResolver(),
            use_dns_cache=False,
            limit=limit,
            force_close=force_close,
            socket_factory=_no_socket,
        )
        self._way = way
        self._reach = reach

    async def _wrap_create_connection(
        self,
        *args: Any,  # noqa: ANN401 - as aiohttp has it
        addr_infos: list[AddrInfoType],
        req: aiohttp.ClientRequest,
        timeout: aiohttp.ClientTimeout,
        client_error: type[Exception] = aiohttp.ClientConnectorError,
        **kwargs: Any,  # noqa: ANN401
    ) -> tuple[asyncio.Transport, ResponseHandler]:
        """The step in which aiohttp connects. `WayBarred` passes through it as it is."""
        del timeout
        host, port = req.url.raw_host, req.port
        assert host is not None
        assert port is not None
        try:
            sock = await self._way.open(host, port, reach=self._reach)
            # Whom aiohttp takes off its list if the certificate is not the pinned one.
            addr_infos[:] = [(sock.family, sock.type, sock.proto, "", sock.getpeername())]
            async with asyncio.timeout(TLS_SECONDS):
                return await self._loop.create_connection(*args, **kwargs, sock=sock)
        except ssl.SSLCertVerificationError as error:
            raise aiohttp.ClientConnectorCertificateError(req.connection_key, error) from error
        except ssl.SSLError as error:
            raise aiohttp.ClientConnectorSSLError(req.connection_key, error) from error
        except TimeoutError:
            raise
        except OSError as error:
            raise client_error(req.connection_key, error) from error


class _NoResolver(AbstractResolver):
    """Lets a name pass, unknown: the proxy may be the one that is to look it up."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        del family
        return [
            ResolveResult(
                hostname=host,
                host=_NOWHERE,
                port=port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        """Holds nothing."""


def _no_socket(_: AddrInfoType) -> socket.socket:
    raise PermissionError("aiohttp opens no connections of its own here")
