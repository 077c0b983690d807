"""What else can be done with a post: mute, and show what is held back."""

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QMenu, QWidget

from tipdesk.nostr.nip51 import Mute, MuteKind
from tipdesk.services.views import PostView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.privacy import PrivacyViewModel

_MOST_HASHTAGS = 3


def post_menu(view: PostView, model: PrivacyViewModel, images: Images, owner: QWidget) -> QMenu:
    """The menu of a post."""
    menu = QMenu(owner)
    post, name = view.post, _plain(words.name(view.author.title))
    menu.setAccessibleName(t("More about this post"))
    if post.images and not images.may_show(post.images[0].url, post.author):
        show = menu.addAction(t("Show all pictures of {name} until TipDesk closes", name=name))
        show.triggered.connect(lambda: images.show_person(post.author))
        menu.addSeparator()
    choices = [(Mute(MuteKind.PERSON, post.author.hex()), t("Mute {name}", name=name))]
    root = post.root or post.id
    choices.append((Mute(MuteKind.THREAD, root.hex()), t("Mute this thread")))
    for tag in post.hashtags[:_MOST_HASHTAGS]:
        shown = _plain(words.name(tag))
        choices.append((Mute(MuteKind.HASHTAG, tag), t("Mute #{tag}", tag=shown)))
    for mute, text in choices:
        menu.addAction(text).triggered.connect(lambda _=False, m=mute: model.mute(m))
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def open_at(menu: QMenu, window: QWidget, anchor: QRect) -> None:
    """Below what was pressed."""
    menu.popup(window.mapToGlobal(QPoint(anchor.left(), anchor.bottom() + 2)))


def _plain(name: str) -> str:
    """An ampersand would mark a key."""
    return name.replace("&", "&&")
