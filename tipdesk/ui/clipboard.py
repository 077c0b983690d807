"""Secrets on the clipboard: not for long, and not for the histories that desktops keep of it.

Windows and KDE have marks for what their histories should pass over; other systems have none that
Qt can write.
"""

from hashlib import sha256
from typing import Final

from PySide6.QtCore import QByteArray, QMimeData, QTimer
from PySide6.QtGui import QGuiApplication

STAYS_S: Final = 60
_NO: Final = QByteArray(bytes(4))
_MARKS: Final = {
    "x-kde-passwordManagerHint": QByteArray(b"secret"),
    'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"': _NO,
    'application/x-qt-windows-mime;value="CanIncludeInClipboardHistory"': _NO,
    'application/x-qt-windows-mime;value="CanUploadToCloudClipboard"': _NO,
}


class _Copied:
    """The secret that is on the clipboard, known by its hash; and when it goes."""

    def __init__(self, secret: str) -> None:
        self.digest = sha256(secret.encode()).digest()
        self.timer = QTimer()
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(forget_secret)
        self.timer.start(STAYS_S * 1_000)


_now: list[_Copied] = []


def copy_secret(secret: str) -> None:
    """Puts a secret on the clipboard for a minute."""
    data = QMimeData()
    data.setText(secret)
    for name, value in _MARKS.items():
        data.setData(name, value)
    QGuiApplication.clipboard().setMimeData(data)
    _now[:] = [_Copied(secret)]


def forget_secret() -> None:
    """Takes it off again, unless something else was copied since. Also when the window ends."""
    if not _now:
        return
    copied = _now.pop()
    copied.timer.stop()
    clipboard = QGuiApplication.clipboard()
    found = clipboard.text().encode("utf-8", "surrogatepass")
    if sha256(found).digest() == copied.digest:
        clipboard.clear()
