"""Who is who: the latest profile of everybody whose one was seen."""

from dataclasses import replace
from typing import Final

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.bitcoin.network import Network
from tipdesk.lnurl import address
from tipdesk.nostr.event import Event
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.nostr.profile import Profile, parse_profile
from tipdesk.services.names import Names
from tipdesk.services.views import ProfileView

MAX_PROFILES: Final = 20_000
_NPUB_SHOWN = 12


class Profiles:
    """Profiles by public key, bounded: the one learnt longest ago goes first."""

    def __init__(self, network: Network, names: Names | None = None) -> None:
        self._network = network
        self._names = names
        self._profiles: dict[XOnlyPubkey, Profile] = {}
        self._views: dict[XOnlyPubkey, ProfileView] = {}

    def learn(self, event: Event) -> bool:
        """Takes an authentic kind 0 event; whether it is news. `DecodeError` if it is none."""
        profile = parse_profile(event)
        known = self._profiles.pop(profile.pubkey, None)
        if known is not None and not profile.replaces(known):
            self._profiles[profile.pubkey] = known
            return False
        self._profiles[profile.pubkey] = profile
        self._views.pop(profile.pubkey, None)
        if len(self._profiles) > MAX_PROFILES:
            oldest = next(iter(self._profiles))
            del self._profiles[oldest]
            self._views.pop(oldest, None)
        return True

    def knows(self, pubkey: XOnlyPubkey) -> bool:
        """Whether a profile of theirs was seen."""
        return pubkey in self._profiles

    def view(self, pubkey: XOnlyPubkey) -> ProfileView:
        """How to show somebody; one without a profile goes by the start of their npub."""
        view = self._views.get(pubkey)
        if view is None:
            view = self._view(pubkey)
            if pubkey in self._profiles:
                self._views[pubkey] = view
        name = self._name(pubkey)
        if name != view.nip05:
            view = self._views[pubkey] = replace(view, nip05=name)
        return view

    def address(self, pubkey: XOnlyPubkey) -> str | None:
        """The lightning address to which tips can be sent, if there is one."""
        view = self.view(pubkey)
        return view.lud16 if view.can_be_tipped else None

    def _view(self, pubkey: XOnlyPubkey) -> ProfileView:
        profile = self._profiles.get(pubkey)
        npub = encode_npub(pubkey)
        lud16 = None if profile is None else profile.lud16 or None
        return ProfileView(
            pubkey=pubkey,
            title=(profile.title if profile else "") or f"{npub[:_NPUB_SHOWN]}\u2026",
            npub=npub,
            picture=None if profile is None else profile.picture or None,
            about="" if profile is None else profile.about,
            lud16=lud16,
            can_be_tipped=lud16 is not None and self._is_address(lud16),
        )

    def _name(self, pubkey: XOnlyPubkey) -> str | None:
        """Asked each time: a name that is not confirmed any more is not shown any more."""
        profile = self._profiles.get(pubkey)
        if self._names is None or profile is None or not profile.nip05:
            return None
        return self._names.shown(pubkey, profile.nip05)

    def _is_address(self, text: str) -> bool:
        try:
            address.parse(text, self._network)
        except DecodeError:
            return False
        return True
