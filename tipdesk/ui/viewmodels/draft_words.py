"""Drafts in words, and as the feed would show them."""

from tipdesk.base.clock import Instant
from tipdesk.base.units import Msat
from tipdesk.nostr.feed import KIND_PICTURE, Post
from tipdesk.ports.writing import PostDraft
from tipdesk.services.views import PostView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.viewmodels.facade import Feeds

_MOST = 60


def title_of(draft: PostDraft | None, feeds: Feeds) -> str:
    """What is being written."""
    answered = None if draft is None else draft.answered
    if draft is not None and draft.long is not None:
        return t("Change your post") if draft.long.identifier else t("Write a long post")
    if draft is not None and draft.kind == KIND_PICTURE:
        return t("Post pictures")
    if answered is None:
        return t("Write a note")
    return t("Reply to {name}", name=words.name(feeds.profile(answered.author).title))


def draft_line(draft: PostDraft, feeds: Feeds, now: Instant) -> str:
    """A draft in one line, with when it was changed."""
    text = words.line((draft.long and draft.long.title) or draft.title or draft.text)[:_MOST]
    if not text:
        text = tn(len(draft.pictures), "{count} picture", "{count} pictures")
    when = words.ago(draft.changed_at, now)
    if draft.answered is not None:
        name = words.name(feeds.profile(draft.answered.author).title)
        return t("To {name}: {text} ({when})", name=name, text=text, when=when)
    return t("{text} ({when})", text=text, when=when)


def untipped(post: Post, feeds: Feeds) -> PostView:
    """A post that is not one yet, as the feed would show it."""
    nothing = Msat(0)
    return PostView(
        post=post,
        author=feeds.profile(post.author),
        tips_total=nothing,
        tips_count=0,
        tips_proven=nothing,
        tips_unverified=0,
        my_tip=None,
    )
