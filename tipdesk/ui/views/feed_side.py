"""Beside the feed: whom one follows, and the keys."""

from itertools import islice

from PySide6.QtWidgets import QWidget

from tipdesk.ui.i18n import t, tn
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.feed import FeedViewModel
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.people_following import Mark, PersonLine
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Panel, column, row
from tipdesk.ui.widgets.people_list import PeopleList
from tipdesk.ui.widgets.text import Text

_SIDE = 252
_MOST_PEOPLE = 8


def _keys() -> tuple[tuple[str, str], ...]:
    return (
        ("J K", t("next, previous")),
        ("T", t("tip the first amount")),
        ("1 2 3", t("tip one of the three")),
        ("Shift T", t("another amount")),
        ("← →", t("one of the pictures")),
        ("Enter", t("read on, replies")),
        ("P", t("who wrote it")),
        ("S", t("show what is hidden")),
        ("M", t("mute, and more")),
        ("/", t("search")),
        ("Ctrl Z", t("undo a tip")),
    )


class FeedSide(QWidget):
    """People and keys."""

    def __init__(self, images: Images) -> None:
        super().__init__()
        self.setFixedWidth(_SIDE)
        layout = column(self, spacing=Space.ROOM)
        layout.addWidget(self._make_people(images))
        keys = Panel()
        inner = column(keys, margin=Space.ROOM, spacing=Space.SNUG)
        inner.addWidget(Text(t("Keys"), Type.SMALL_STRONG, "soft"))
        for key, meaning in _keys():
            line = row()
            line.addWidget(_caps(key))
            line.addWidget(Text(meaning, Type.SMALL, "soft"), 1)
            inner.addLayout(line)
        layout.addWidget(keys)
        layout.addStretch(1)

    def show_people(self, model: FeedViewModel) -> None:
        """Whom one follows, and whose follow is not public yet."""
        people, pending = model.following, model.pending
        lines = (PersonLine(p, Mark.PENDING if p.pubkey in pending else Mark.NONE) for p in people)
        self.people.show_people(tuple(islice(lines, _MOST_PEOPLE)))
        self._nobody.setVisible(not people)
        self.all_button.set_label(
            t("All {count}", count=len(people)),
            tn(
                len(people),
                "All {count} person that you follow",
                "All {count} people that you follow",
            ),
        )
        self.all_button.setVisible(len(people) > _MOST_PEOPLE)

    def _make_people(self, images: Images) -> QWidget:
        panel = Panel()
        inner = column(panel, spacing=Space.SNUG)
        inner.setContentsMargins(Space.NEAR - 2, Space.NEAR, Space.NEAR - 2, Space.NEAR)
        head = row(spacing=Space.HAIR)
        head.setContentsMargins(6, 0, 0, 0)
        head.addWidget(Text(t("Following"), Type.SMALL_STRONG, "soft"), 1)
        self.add_button = Button(
            icon="plus", look=Look.GHOST, small=True, name=t("Follow somebody")
        )
        self.bring_button = Button(
            icon="refresh",
            look=Look.GHOST,
            small=True,
            name=t("Bring over whom you follow in your other Nostr apps"),
        )
        for button in (self.add_button, self.bring_button):
            head.addWidget(button)
        inner.addLayout(head)
        self._nobody = Text(
            t(
                "Nobody yet. Add somebody by their npub or name, or bring over whom you follow in "
                "another app."
            ),
            Type.SMALL,
            "soft",
            wrap=True,
        )
        self._nobody.setContentsMargins(6, 0, 6, 6)
        inner.addWidget(self._nobody)
        self.people = PeopleList(images)
        inner.addWidget(self.people)
        self.all_button = Button("", look=Look.GHOST, small=True, name=t("All that you follow"))
        inner.addWidget(self.all_button)
        return panel


def _caps(keys: str) -> QWidget:
    """Key caps, side by side."""
    holder = QWidget()
    holder.setFixedWidth(88)
    line = row(spacing=Space.TIGHT)
    holder.setLayout(line)
    for key in keys.split():
        cap = Text(key, Type.SMALL_STRONG)
        cap.setProperty("keycap", "true")
        line.addWidget(cap)
    line.addStretch()
    return holder
