"""What a person prefers on this machine, whatever profile is open: look, language, manners."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

LOCK_MINUTES: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """Each with the default that suits whoever never looks at them."""

    theme: str = "system"
    """``system``, ``light`` or ``dark``."""
    contrast: str = "system"
    """``system``, ``normal`` or ``high``."""
    motion: str = "full"
    """``full``, or ``reduced``: nothing moves that need not."""
    language: str = ""
    """One of `ui/i18n.LANGUAGES`; empty: the system's."""
    blur_amounts: bool = False
    """Whether amounts are hidden while the window is not in front."""
    hide_amounts: bool = False
    """Whether amounts are hidden until they are asked for."""
    lock_minutes: int = LOCK_MINUTES
    """After so long without a key or a click a profile with an app lock is locked; 0: never."""
    notify_tips: bool = True
    """Whether the desktop tells of tips that come in."""
    keep_running: bool = True
    """Whether closing the window leaves TipDesk in the tray, where it still receives."""
    said_keeps_running: bool = False
    """That closing the window once said so."""
    show_first_steps: bool = True
    """Whether the way to the first tip is shown until it was taken."""
    pictures: str = "follows"
    """Whose servers are asked for pictures: ``nobody``, ``follows`` or ``everybody``."""
    cover_sensitive: bool = True
    """Whether a post that its author covers stays covered until it is asked for."""
    proxy: str = ""
    """``address:port`` of the proxy that was chosen last, for profiles that are made later."""
    proxy_for: str = "off"
    """What went through it then, as `ProxyScope` has it."""
    last_profile: str = ""
    """The name of the profile that was open last."""
    last_page: str = ""
    geometry: str = ""
    """The window's place, as Qt writes it, in hexadecimal."""


class PreferenceStore(Protocol):
    """Where preferences are kept."""

    def save(self, preferences: Preferences) -> None:
        """Keeps them for the next start; what cannot be kept costs no more than that."""
        ...


class PreferenceKeeper:
    """The preferences in force; whoever shows something by them listens."""

    def __init__(self, now: Preferences, store: PreferenceStore | None = None) -> None:
        self.now = now
        self._store = store
        self._listeners: list[Callable[[], None]] = []

    def change(self, **fields: Any) -> None:  # noqa: ANN401 - as `replace` has it
        """Some of them become others, at once and for the next start."""
        changed = replace(self.now, **fields)
        if changed == self.now:
            return
        self.now = changed
        if self._store is not None:
            self._store.save(changed)
        for listener in tuple(self._listeners):
            listener()

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Called after each change; the result ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)
