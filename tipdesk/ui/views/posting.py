"""What each relay made of a post of ours, and the same post once more for those that failed."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from tipdesk.ui import format as words
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.editor import EditorViewModel
from tipdesk.ui.viewmodels.posting_words import reason, state_words
from tipdesk.ui.widgets.action_line import Line, LineList
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.text import Text


class PostingView(QWidget):
    """Shows the model's posting."""

    closed = Signal()

    def __init__(self, model: EditorViewModel) -> None:
        super().__init__()
        self._model = model
        layout = column(self, spacing=Space.ROOM)
        self.said = Text("", Type.BODY, wrap=True)
        layout.addWidget(self.said)
        self.lines = LineList(t("Relays"), wrap=True)
        content = QWidget()
        content.setObjectName("column")
        inner = column(content)
        inner.setContentsMargins(0, 0, Space.NEAR, 0)
        inner.addWidget(self.lines)
        inner.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(content)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName(t("What each relay said"))
        layout.addWidget(scroll, 1)
        foot = row(spacing=Space.SNUG)
        self.again_button = Button("", icon="refresh", name=t("Try again"))
        self.again_button.clicked.connect(model.send_again)
        self.close_button = Button(t("Done"), icon="check", look=Look.PRIMARY)
        self.close_button.clicked.connect(self.closed)
        foot.addStretch(1)
        foot.addWidget(self.again_button)
        foot.addWidget(self.close_button)
        layout.addLayout(foot)
        model.changed.connect(self._update)

    def _update(self) -> None:
        posting, fate = self._model.posting, self._model.fate
        if posting is None:
            return
        self.said.setText(fate.text)
        self.said.set_tone(fate.tone)
        lines = []
        for one in posting.relays:
            state, tone = state_words(one)
            shown = words.address(one.url).removeprefix("wss://")
            lines.append(Line(shown, reason(one), state, tone))
        self.lines.show_lines(lines)
        failed = len(posting.missing)
        self.again_button.set_label(
            tn(failed, "Try {count} relay again", "Try {count} relays again")
        )
        self.again_button.setVisible(failed > 0)
        self.again_button.setEnabled(not posting.is_waiting)
