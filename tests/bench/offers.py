"""How long an offer takes, over the two routers of a line, beside a BOLT 11 invoice over the same.

Three steps: the payer asks by an onion message and has a checked invoice; the payer pays it over
the payee's blinded path. All four nodes share one process and so one core; every commit is durable.
"""

import asyncio
import tempfile
from pathlib import Path
from time import perf_counter

from tests.bench.measure import Row, measure
from tests.bench.wallets import paid
from tests.nodes import line
from tipdesk.adapters.payments.embedded import EmbeddedBackend, EmbeddedOffers
from tipdesk.base.units import Msat, Sat
from tipdesk.tips.payment import PayRequest

AMOUNT = Msat(21_000)
PAYMENTS = 60
FIRST = 5
"""That warm up and are not counted."""
PAUSE_SECONDS = 0.12
"""A peer has us read ten messages a second (class 61): what is measured is not the limit."""


@measure("offers")
def offers() -> list[Row]:
    """Milliseconds to an invoice, and to its preimage."""
    return asyncio.run(_payments())


async def _payments() -> list[Row]:
    took: dict[str, list[float]] = {
        "offer, to a checked invoice": [],
        "offer, to the preimage over a blinded path": [],
        "BOLT 11, to the preimage": [],
    }
    asked, blinded, plain = took.values()
    with tempfile.TemporaryDirectory() as folder:
        async with line(Path(folder), Sat(2_000_000)) as world:
            fan, creator = world.members["fan"], world.members["creator"]
            wallet, asker = EmbeddedBackend(fan.node), EmbeddedOffers(fan.node)
            given = creator.node.money.offers.create("", None).text
            for _ in range(FIRST + PAYMENTS):
                await world.quiet()
                start = perf_counter()
                invoice = await asker.ask_invoice(given, AMOUNT, "for the slow ending")
                asked.append((perf_counter() - start) * 1_000)
                request = PayRequest(
                    invoice=invoice.invoice,
                    payment_hash=invoice.payment_hash,
                    amount=AMOUNT,
                    max_fee=Msat(10_000),
                )
                blinded.append(await paid(wallet, request))
                await world.quiet()
                created = creator.invoice(AMOUNT)
                request = PayRequest(
                    invoice=created.invoice,
                    payment_hash=created.payment_hash,
                    amount=AMOUNT,
                    max_fee=Msat(10_000),
                )
                plain.append(await paid(wallet, request))
                await asyncio.sleep(PAUSE_SECONDS)
    return [Row.of(name, "ms", values[FIRST:]) for name, values in took.items()]
