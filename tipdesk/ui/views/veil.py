"""Has a window say every amount anew when they become dots, and back."""

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from tipdesk.ui.viewmodels.window_models import WindowModels
from tipdesk.ui.views.rail import Rail
from tipdesk.ui.widgets.toast import Toast
from tipdesk.ui.widgets.virtual_list import VirtualList


class WindowVeil(QObject):
    """Hears the eye of the rail, and whether the program is in front."""

    def __init__(self, models: WindowModels, window: QWidget, rail: Rail, toast: Toast) -> None:
        super().__init__(window)
        self._models, self._window, self._rail, self._toast = models, window, rail, toast
        self._veil = models.veil
        self._was_down = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._show_rows_anew)
        rail.eye.pressed.connect(self._veil.press)
        rail.eye.released.connect(self._veil.release)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.applicationStateChanged.connect(self._application_changed)
        self._veil.changed.connect(self._follow)
        self._follow()

    def _application_changed(self, state: Qt.ApplicationState) -> None:
        self._veil.set_in_front(on=state == Qt.ApplicationState.ApplicationActive)

    def _follow(self) -> None:
        self._rail.show_veil(by_hand=self._veil.by_hand)
        if self._veil.is_down == self._was_down:
            return
        self._was_down = self._veil.is_down
        if self._was_down:
            # It may name an amount, and is not said anew.
            self._toast.dismiss()
        for model in self._models.all():
            if model is not self._veil:
                # What is on the screen at once; what a model says in words of its own soon.
                model.changed.emit()
                model.touch()
        self._show_rows_anew()
        # Behind the models, whose timers began before this one.
        self._soon.start()

    def _show_rows_anew(self) -> None:
        for rows in self._window.findChildren(VirtualList):
            rows.refresh_visible()
