"""The view models of the book of people, together."""

from dataclasses import dataclass

from PySide6.QtCore import QObject

from tipdesk.ui.viewmodels.base import ViewModel
from tipdesk.ui.viewmodels.book import BookViewModel
from tipdesk.ui.viewmodels.book_form import BookFormViewModel
from tipdesk.ui.viewmodels.book_import import BookImportViewModel
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.private_send import PrivateSendViewModel


@dataclass(frozen=True, slots=True)
class BookModels:
    """One of each."""

    book: BookViewModel
    form: BookFormViewModel
    bringing: BookImportViewModel
    sending: PrivateSendViewModel

    @classmethod
    def of(cls, app: AppFacade, owner: QObject) -> "BookModels":
        """Made over an app."""
        return cls(
            BookViewModel(app, owner),
            BookFormViewModel(app, owner),
            BookImportViewModel(app, owner),
            PrivateSendViewModel(app, owner),
        )

    def all(self) -> tuple[ViewModel, ...]:
        """Every one."""
        return (self.book, self.form, self.bringing, self.sending)
