"""Puts together what the one history needs: rates, the timeline, its files."""

from tipdesk.adapters.rates.sources import DEFAULT_SOURCES, make_sources
from tipdesk.adapters.storage.export_file import ReplacingFile
from tipdesk.adapters.storage.timeline import MoneyRateStore, MoneyTimelineStore
from tipdesk.app.core import Core
from tipdesk.ports.http import HttpClient
from tipdesk.ports.stores_tips import SettingsStore
from tipdesk.services.bus import Bus
from tipdesk.services.companions import Companions
from tipdesk.services.creator import CreatorService
from tipdesk.services.rates import RateService
from tipdesk.services.timeline import Surroundings, TimelineService
from tipdesk.tips.fiat import currency_of


def build_rates(core: Core, http: HttpClient, settings: SettingsStore, bus: Bus) -> RateService:
    """The rates of the profile's settings; `RequestError` if these name no source or currency."""
    chosen, network = core.settings, core.settings.network
    return RateService(
        sources=make_sources(
            chosen.rate_sources or DEFAULT_SOURCES,
            http=http,
            way=core.way,
            network=network,
            clock=core.clock,
        ),
        store=MoneyRateStore(core.database),
        settings=settings,
        bus=bus,
        clock=core.clock,
        default=currency_of(chosen.fiat_currency) if chosen.fiat_currency else None,
    )


def build_timeline(
    core: Core, companions: Companions, creator: CreatorService, bus: Bus
) -> TimelineService:
    """The one history of the profile."""
    return TimelineService(
        store=MoneyTimelineStore(core.database),
        surroundings=Surroundings(
            profile=companions.profile,
            name=companions.name,
            channels=core.channels.channels,
            note_received=creator.note,
            open_file=ReplacingFile,
        ),
        bus=bus,
        clock=core.clock,
    )
