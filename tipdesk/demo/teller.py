"""What the headless demo says: JSON for a machine, a sentence for a person."""

import json
import sys
import time
from dataclasses import dataclass, field


@dataclass
class Teller:
    """Writes events as they happen, with the time since the start."""

    as_json: bool
    started: float = field(default_factory=time.monotonic)

    def tell(self, event: str, **details: object) -> None:
        """One object a line; to a person a sentence, if the event is worth one."""
        at_ms = round((time.monotonic() - self.started) * 1000)
        if self.as_json:
            self._write(json.dumps({"event": event, "at_ms": at_ms, **details}))
            return
        for line in _sentences(event, details):
            self._write(f"{at_ms / 1000:7.2f} s  {line}")

    def progress(self, text: str) -> None:
        """A line for people only."""
        if not self.as_json:
            self._write(f"{time.monotonic() - self.started:7.2f} s  {text}")

    def _write(self, line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def _sat(msat: object) -> str:
    if not isinstance(msat, int):
        return "?"
    whole, rest = divmod(msat, 1000)
    return f"{whole:,}.{rest:03d} sat" if rest else f"{whole:,} sat"


def _sentences(event: str, details: dict[str, object]) -> list[str]:
    match event:
        case "network.ready":
            return ["The network is up. Anybody can join: tipdesk practice --json says where"]
        case "invoice.ok":
            return [f"The creator's invoice over {_sat(details['amount_msat'])} is in order"]
        case "tip.settled":
            amount, fee = _sat(details["amount_msat"]), _sat(details["fee_msat"])
            return [
                f"Tip of {amount} settled over {details['channels']} channels, fee {fee}, "
                f"{details['pay_ms']} ms from invoice to preimage"
            ]
        case "tip.failed":
            return [f"Tip failed: {details['reason']}"]
        case "creator.received":
            return [f"The creator received {_sat(details['amount_msat'])}"]
        case "receipt.seen":
            return ["The receipt is published and valid"]
        case "summary":
            return _summary(details)
        case _:
            return []


def _summary(details: dict[str, object]) -> list[str]:
    return [
        f"{details['settled']} of {details['tips']} tips settled",
        f"median {details['pay_p50_ms']} ms to pay, {details['tip_p50_ms']} ms with the invoice",
        f"you spent {_sat(details['fan_spent_msat'])}: creators received "
        f"{_sat(details['creator_received_msat'])}, routers {_sat(details['fees_msat'])}",
    ]
