"""Where first sats come from: names by region, which the person opens."""

from dataclasses import dataclass
from typing import Final

from tipdesk.ui.i18n import t


@dataclass(frozen=True, slots=True)
class Seller:
    """Somebody who sells bitcoin."""

    name: str
    address: str
    pays_lightning: bool
    """Whether it sends over Lightning, besides on chain; as far as was known in 2026."""


EUROPE: Final = (
    Seller("Relai", "https://relai.app", pays_lightning=True),
    Seller("Bull Bitcoin", "https://www.bullbitcoin.com", pays_lightning=True),
    Seller("Pocket Bitcoin", "https://pocketbitcoin.com", pays_lightning=False),
    Seller("Kraken", "https://www.kraken.com", pays_lightning=True),
)
NORTH_AMERICA: Final = (
    Seller("River", "https://river.com", pays_lightning=True),
    Seller("Strike", "https://strike.me", pays_lightning=True),
    Seller("Cash App", "https://cash.app", pays_lightning=True),
    Seller("Bull Bitcoin", "https://www.bullbitcoin.com", pays_lightning=True),
)
LATIN_AMERICA: Final = (
    Seller("Bitso", "https://bitso.com", pays_lightning=False),
    Seller("Strike", "https://strike.me", pays_lightning=True),
    Seller("Bull Bitcoin", "https://www.bullbitcoin.com", pays_lightning=True),
)
AFRICA: Final = (
    Seller("Bitnob", "https://bitnob.com", pays_lightning=True),
    Seller("Luno", "https://www.luno.com", pays_lightning=False),
    Seller("Yellow Card", "https://yellowcard.io", pays_lightning=False),
)
ASIA: Final = (
    Seller("Bitaroo", "https://www.bitaroo.com.au", pays_lightning=True),
    Seller("bitFlyer", "https://bitflyer.com", pays_lightning=False),
    Seller("Luno", "https://www.luno.com", pays_lightning=False),
)
ANYWHERE: Final = (
    Seller("RoboSats", "https://learn.robosats.org", pays_lightning=True),
    Seller("Bisq", "https://bisq.network", pays_lightning=False),
    Seller("Hodl Hodl", "https://hodlhodl.com", pays_lightning=False),
    Seller("Peach", "https://peachbitcoin.com", pays_lightning=False),
)


def regions() -> dict[str, tuple[str, tuple[Seller, ...]]]:
    """Each with its name and who sells there."""
    return {
        "europe": (t("Europe"), EUROPE),
        "north": (t("North America"), NORTH_AMERICA),
        "latin": (t("Latin America"), LATIN_AMERICA),
        "africa": (t("Africa"), AFRICA),
        "asia": (t("Asia, Pacific"), ASIA),
        "anywhere": (t("Person to person"), ANYWHERE),
    }
