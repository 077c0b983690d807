"""When a process without a window ends: a signal, the end of its input, a failed database."""

import asyncio
import os
import signal
import sys
import threading


def stop_on_signals() -> asyncio.Event:
    """Set by SIGTERM and SIGINT (Ctrl+C, on Windows too)."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    return stop


def stop_with_stdin(stop: asyncio.Event) -> None:
    """Also when standard input ends: a child does not outlive the one who started it."""
    loop = asyncio.get_running_loop()

    def wait() -> None:
        try:
            while os.read(sys.stdin.fileno(), 4096):
                pass
        except OSError:
            pass
        # The loop may be gone by now, and then there is nobody to tell.
        if not loop.is_closed():
            loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=wait, daemon=True).start()
