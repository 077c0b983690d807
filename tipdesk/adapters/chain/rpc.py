"""Bitcoin Core's JSON-RPC over HTTP: calls, batches, and the ways in which they fail."""

import asyncio
import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from tipdesk.adapters.chain import answers
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.base.text import one_line
from tipdesk.ports import http
from tipdesk.ports.chain import SourceMisbehaved, SourceRefused, SourceUnreachable

MAX_BODY: Final = 20_000_000
MAX_BATCH: Final = 100
MAX_IN_FLIGHT: Final = 8
MAX_REASON: Final = 300
_WARMING_UP: Final = -28
_WITH_A_REASON: Final = frozenset({400, 404, 500})


class BitcoindRpc:
    """Calls to one bitcoind; `credentials` gives ``user:password`` anew for each of them."""

    def __init__(
        self,
        client: http.PostingClient,
        url: str,
        credentials: Callable[[], str],
        *,
        timeout: float = 60.0,
    ) -> None:
        """bitcoind writes a new cookie at each of its starts, hence the callable."""
        self.is_open = False
        """Whether anything may be asked: set by whoever connects and disconnects."""
        self._http = client
        self._url = url
        self._credentials = credentials
        self._timeout = timeout
        self._in_flight = asyncio.Semaphore(MAX_IN_FLIGHT)

    async def call(self, method: str, *params: object) -> object:
        """The result; `SourceRefused` with bitcoind's reason if it is an error."""
        (answer,) = await self._send([_request(0, method, params)], batch=False)
        return _result(answers.table(answer))

    async def batch(
        self, method: str, params: Iterable[tuple[object, ...]]
    ) -> list[object | SourceRefused]:
        """The results in order, a refusal in the place of a result, a hundred in one request."""
        calls = [_request(number, method, one) for number, one in enumerate(params)]
        parts = [calls[at : at + MAX_BATCH] for at in range(0, len(calls), MAX_BATCH)]
        found = await asyncio.gather(*(self._send(part, batch=True) for part in parts))
        return [_or_refusal(answers.table(one)) for part in found for one in part]

    async def all(self, method: str, params: Iterable[tuple[object, ...]]) -> list[object]:
        """As `batch`, but the first refusal is raised."""
        results = await self.batch(method, params)
        for result in results:
            if isinstance(result, SourceRefused):
                raise result
        return results

    async def _send(self, calls: Sequence[dict[str, object]], *, batch: bool) -> list[object]:
        if not self.is_open:
            raise SourceUnreachable(Phrase("there is no connection to bitcoind"))
        body = json.dumps(calls if batch else calls[0]).encode()
        async with self._in_flight:
            answer = answers.parse(await self._post(body))
        if not batch:
            return [answer]
        by_id = {answers.table(one).get("id"): one for one in answers.items(answer)}
        if by_id.keys() != {call["id"] for call in calls}:
            raise SourceMisbehaved(Phrase("a batch was not answered whole"))
        return [by_id[call["id"]] for call in calls]

    async def _post(self, body: bytes) -> bytes:
        secret = b64encode(self._credentials().encode()).decode()
        headers = {"Authorization": f"Basic {secret}", "Content-Type": "application/json"}
        try:
            return await self._http.post(
                self._url, body, headers=headers, max_bytes=MAX_BODY, timeout=self._timeout
            )
        except http.ServerError as error:
            if error.status in (401, 403):
                raise SourceUnreachable(
                    Phrase("bitcoind refuses the user name or password")
                ) from error
            if error.status in _WITH_A_REASON:
                return error.body
            raise SourceUnreachable(in_words(error)) from error
        except http.TooLarge as error:
            raise SourceMisbehaved(in_words(error)) from error
        except http.FetchFailed as error:
            raise SourceUnreachable(in_words(error)) from error


def _request(number: int, method: str, params: tuple[object, ...]) -> dict[str, object]:
    return {"jsonrpc": "1.0", "id": number, "method": method, "params": params}


def _or_refusal(answer: dict[str, object]) -> object | SourceRefused:
    try:
        return _result(answer)
    except SourceRefused as refused:
        return refused


def _result(answer: dict[str, object]) -> object:
    error = answer.get("error")
    if error is None:
        if "result" not in answer:
            raise SourceMisbehaved(Phrase("neither a result nor an error"))
        return answer["result"]
    said = answers.table(error)
    message = said.get("message")
    text = one_line(message if isinstance(message, str) else "", maximum=MAX_REASON)
    if said.get("code") == _WARMING_UP:
        raise SourceUnreachable(Phrase("bitcoind is starting: {text}", text=text))
    raise SourceRefused(text or Phrase("an error without words"))
