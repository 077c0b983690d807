"""Rows taken out of the window, by the clipboard."""

from PySide6.QtCore import QCoreApplication, QMimeData, QUrl
from PySide6.QtGui import QGuiApplication, QStatusTipEvent
from PySide6.QtWidgets import QWidget

from tipdesk.ui.i18n import t
from tipdesk.ui.veil import veil
from tipdesk.ui.viewmodels.copies import Copied


class Carrying:
    """For one widget, which says what is copied."""

    def __init__(self, source: QWidget) -> None:
        self._source = source

    def copy(self, what: Copied | None) -> bool:
        """Puts it on the clipboard, with a notice; whether there was anything to copy."""
        if what is None:
            return False
        if self._may(what):
            QGuiApplication.clipboard().setMimeData(mime_data(what))
            self._tell(t("Copied."))
        return True

    def _may(self, what: Copied) -> bool:
        if self._source.window().property("locked"):
            return False
        if what.has_amounts and veil().is_down:
            self._tell(t("Amounts are hidden, so this was not copied. Show them first."))
            return False
        return True

    def _tell(self, text: str) -> None:
        # Goes up to the window, as tips for a status line do.
        QCoreApplication.sendEvent(self._source, QStatusTipEvent(text))


def mime_data(what: Copied) -> QMimeData:
    """Plain text, and the link for those that open links."""
    data = QMimeData()
    data.setText(what.text)
    if what.link:
        data.setUrls([QUrl(what.link)])
    return data
