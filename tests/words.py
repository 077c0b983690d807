"""A stand-in for where the words of private tips go, which does as it is told."""

import asyncio
from dataclasses import dataclass, field

from tipdesk.base.errors import RequestError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.tips import event as on
from tipdesk.tips.tip import Tip


@dataclass
class FakeWords:
    """See `TipWords`. While `answer` is None words stay on their way."""

    nowhere: bool = False
    answer: on.NoteSent | on.NoteFailed | None = field(default_factory=on.NoteSent)
    sent: list[Tip] = field(default_factory=list)

    def check(self, recipient: XOnlyPubkey) -> None:
        if self.nowhere:
            raise RequestError("no place for private messages")

    async def send(self, tip: Tip) -> on.NoteSent | on.NoteFailed:
        self.sent.append(tip)
        while self.answer is None:  # noqa: ASYNC110 - a test tells when
            await asyncio.sleep(0.002)
        return self.answer
