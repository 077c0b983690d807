"""People one under the other, each a button."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, Signal
from PySide6.QtWidgets import QWidget

from tipdesk.ui.i18n import say
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.people_following import PersonLine, second_line
from tipdesk.ui.widgets.face_button import FaceButton
from tipdesk.ui.widgets.panel import column


class PeopleList(QWidget):
    """People one under the other, each a button; used again."""

    person = Signal(object, QRect)

    def __init__(self, images: Images) -> None:
        super().__init__()
        self._images = images
        self.rows: list[FaceButton] = []
        self._column = column(self, spacing=0)
        self._column.addStretch()

    def show_people(self, people: Sequence[PersonLine]) -> None:
        """These, and no others."""
        while len(self.rows) < len(people):
            added = FaceButton(self._images)
            added.person.connect(self.person)
            self._column.insertWidget(len(self.rows), added)
            self.rows.append(added)
        for place, button in enumerate(self.rows):
            button.setVisible(place < len(people))
            if place < len(people):
                one = people[place]
                button.show_person(one.profile, second_line(one.profile), say(one.mark.value))
