"""Why something that is written cannot be kept, published, changed or deleted: a class a rule."""

from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.phrase import Phrase


class NothingWritten(RequestError):
    """A post without words."""

    def __init__(self) -> None:
        super().__init__(Phrase("There is nothing to publish yet. Write something first."))


class TooLong(RequestError):
    """Others would see it cut off."""

    def __init__(self, count: int, maximum: int) -> None:
        super().__init__(
            Phrase(
                "Such a post has {maximum} characters at most, and this one has {count}. "
                "Nothing was published.",
                maximum=maximum,
                count=count,
            )
        )
        self.count = count


class TitleMissing(RequestError):
    """A long post without a title."""

    def __init__(self) -> None:
        super().__init__(Phrase("A long post needs a title and a text. Nothing was published."))


class NotAPicture(RequestError):
    """The cover of a long post is an address."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "The picture has to be an address that begins with https://, or none. "
                "Nothing was published."
            )
        )


class VersionUnknown(BackendError):
    """An edit begins from what is published now."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "No relay could say what this post is now, so an edit could lose something. "
                "Nothing was changed. Try again later."
            )
        )


class NoRelayChosen(RequestError):
    """Nowhere to send it to."""

    def __init__(self) -> None:
        super().__init__(
            Phrase("No relay is chosen, so nobody could read it. Tick one and publish again.")
        )


class TooManyDrafts(RequestError):
    """There is room for some."""

    def __init__(self, most: int) -> None:
        super().__init__(
            Phrase(
                "There are {most} drafts, and no room for more. Publish or delete one first.",
                most=most,
            )
        )


class AlreadyPublished(RequestError):
    """A draft becomes a post once."""

    def __init__(self) -> None:
        super().__init__(Phrase("This draft was published or deleted already."))


class PostGone(RequestError):
    """What is to be answered is not here any more."""

    def __init__(self) -> None:
        super().__init__(Phrase("That post is not here any more, so it cannot be answered."))


class NotOurs(RequestError):
    """Only what we wrote ourselves, and is here, can be changed or deleted."""

    def __init__(self) -> None:
        super().__init__(
            Phrase("Only a post of your own can be changed or deleted. Nothing was changed.")
        )


class PictureMissing(RequestError):
    """A picture post (NIP-68) without a picture."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "A picture post needs a picture. Nothing was published. Add one, or make it a note."
            )
        )


class TooManyPictures(RequestError):
    """A post shows so many."""

    def __init__(self, most: int) -> None:
        super().__init__(
            Phrase.counted(
                most,
                "Such a post has one picture at most. Nothing was published.",
                "Such a post has {count} pictures at most. Nothing was published.",
            )
        )
        self.most = most


class NotUploaded(RequestError):
    """Pictures come first: a post never points to one that nobody has."""

    def __init__(self, count: int) -> None:
        super().__init__(
            Phrase.counted(
                count,
                "A picture is not uploaded yet. Nothing was published.",
                "{count} pictures are not uploaded yet. Nothing was published.",
            )
        )
        self.count = count
