"""Takes up what an earlier process stored, before any peer is talked to."""

from tipdesk.base.ids import Preimage
from tipdesk.lightning.channel.htlc import Htlc
from tipdesk.node.book import ChannelBook
from tipdesk.node.channels import ChannelDriver
from tipdesk.node.host import Host
from tipdesk.node.payments import PaymentDriver
from tipdesk.node.router import Router, htlcs_of
from tipdesk.ports.stores import HtlcPlace


def restore(host: Host, book: ChannelBook, router: Router, payments: PaymentDriver) -> None:
    """Takes up every stored channel, forward and payment; the caller commits."""

    def outgoing(place: HtlcPlace) -> Htlc | None:
        channel = book.of(place.channel_id)
        htlcs = () if channel is None else htlcs_of(channel)
        return next((h for h in htlcs if h.by_us and h.id == place.htlc_id), None)

    for state in host.store.channels():
        host.take_up(state)
    router.restore()
    payments.restore(outgoing)
    for channel in book.all():
        for htlc in htlcs_of(channel):
            _resume(router, channel, htlc)


def _resume(router: Router, channel: ChannelDriver, htlc: Htlc) -> None:
    """An HTLC of the last process: decided again, unless it is carried on already."""
    place = HtlcPlace(channel.channel_id, htlc.id)
    if not htlc.by_us and htlc.is_committed and not router.is_forwarded(place):
        router.received(channel, htlc)
    elif htlc.by_us and htlc.removal is not None:
        preimage = getattr(htlc.removal.outcome, "preimage", None)
        if isinstance(preimage, Preimage):
            router.fulfilled(channel, htlc, preimage)
