"""The panel that tips a post, or one picture of it, with any amount."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from tipdesk.base.units import Msat
from tipdesk.services.tip_amounts import Amounts
from tipdesk.services.views import PostView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.tip import intent_for
from tipdesk.ui.viewmodels.tip_draft import TipDraft
from tipdesk.ui.widgets.amount_edit import AmountEdit
from tipdesk.ui.widgets.avatar import Avatar
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Popover, column, row, stack
from tipdesk.ui.widgets.text import Elided
from tipdesk.ui.widgets.thumbnail import Thumbnail
from tipdesk.ui.widgets.tip_form import TipForm

_WIDTH = 372
_UNSET = Msat(1_000)
"""Stands in an intent until the draft knows the amount."""


class TipPanel(Popover):
    """Opened for a post; closes once the tip was begun."""

    def __init__(self, draft: TipDraft, images: Images, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self.draft = draft
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        layout.addLayout(self._make_head(images))
        layout.addLayout(self._make_presets())
        self.form = TipForm(draft)
        self.form.resized.connect(self._resized)
        layout.addWidget(self.form)
        draft.sent.connect(self.dismiss)

    @property
    def amount(self) -> AmountEdit:
        """Where the amount is written."""
        return self.form.amount

    @property
    def comment(self) -> QLineEdit:
        """Where the words are written."""
        return self.form.comment

    @property
    def cost_text(self) -> str:
        """What it says of the cost."""
        return self.form.cost_text

    @property
    def button(self) -> Button:
        """Sends."""
        return self.form.button

    def open_for(
        self,
        post: PostView,
        anchor: QRect,
        back: QWidget | None,
        *,
        picture: str | None = None,
        amount: Msat | None = None,
    ) -> None:
        """Opens it for a post or a picture of it, at what was pressed."""
        self.draft.begin(intent_for(post, picture, _UNSET))
        self._offer(self.draft.amounts)
        who = words.name(post.author.title)
        self._avatar.show_profile(post.author)
        self._who.setText(t("Tip {who}", who=who))
        self._show_target(post, who)
        self.form.begin(amount or self._presets[0][0])
        self.open_at(anchor, back)
        self.amount.setFocus()
        self.amount.selectAll()

    def ask_again(
        self, post: PostView, anchor: QRect, back: QWidget | None, picture: str | None, amount: Msat
    ) -> None:
        """Opens it with the question that one press raised."""
        self.open_for(post, anchor, back, picture=picture, amount=amount)
        self.form.send()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter sends."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.form.send()
            event.accept()
            return
        super().keyPressEvent(event)

    def _make_head(self, images: Images) -> QHBoxLayout:
        head = row(spacing=Space.NEAR)
        self._avatar = Avatar(36, images)
        self._who = Elided(step=Type.STRONG)
        self._address = Elided(step=Type.SMALL, tone="faint")
        self._picture = Thumbnail(images, t("The picture that is tipped"))
        head.addWidget(self._avatar)
        head.addWidget(stack(self._who, self._address), 1)
        head.addWidget(self._picture)
        close = Button(icon="close", look=Look.GHOST, name=t("Close"), small=True)
        close.clicked.connect(self.dismiss)
        head.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        return head

    def _make_presets(self) -> QHBoxLayout:
        line = row(spacing=Space.SNUG)
        self._presets: list[tuple[Msat, Button]] = []
        for place, sat in enumerate(self.draft.amounts):
            button = Button("", look=Look.CHOICE)
            button.clicked.connect(lambda _=False, n=place: self._choose(n))
            self._presets.append((sat.to_msat(), button))
            line.addWidget(button, 1)
        self._offer(self.draft.amounts)
        return line

    def _offer(self, amounts: Amounts) -> None:
        buttons = [button for _, button in self._presets]
        self._presets = [
            (sat.to_msat(), button) for sat, button in zip(amounts, buttons, strict=True)
        ]
        for amount, button in self._presets:
            button.set_label(words.exact_figure(amount), words.exact_amount(amount))

    def _choose(self, place: int) -> None:
        self.amount.set_amount(self._presets[place][0])

    def _show_target(self, post: PostView, who: str) -> None:
        url, images = self.draft.picture, post.post.images
        place = next((n for n, image in enumerate(images, start=1) if image.url == url), 0)
        target = (
            t("for picture {place} of {images}", place=place, images=len(images)) if place else ""
        )
        self._picture.show_picture(url if place else None)
        self._address.setText(target or words.line(post.author.lud16 or ""))
        self.setAccessibleName(" ".join(filter(None, (t("Tip {who}", who=who), target))))

    def _resized(self) -> None:
        for preset, button in self._presets:
            button.setChecked(preset == self.draft.amount)
        if self.isVisible():
            self.fit()
