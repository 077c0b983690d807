"""Pictures of ours: kept with their draft, uploaded to the one media server that a person chose.

None is chosen at first: such a server learns the network address, the public key and the pictures.
What it says is checked against what was sent; nothing is uploaded before a post is published.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from tipdesk.base.clock import Clock
from tipdesk.base.errors import BackendError, DecodeError, RequestError
from tipdesk.base.phrase import Phrase
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.lnurl.url import check_url
from tipdesk.nostr.blossom import (
    MAX_ANSWER,
    authorization_header,
    read_descriptor,
    read_refusal,
    upload_authorization,
)
from tipdesk.ports.http import FetchFailed
from tipdesk.ports.pictures import Attachment, PictureShelf, StrippedPicture, Uploader
from tipdesk.ports.secrets import EventSigner
from tipdesk.ports.stores_tips import SettingsStore

MAX_PICTURE_BYTES: Final = 5_000_000
MAX_SHELF_BYTES: Final = 200_000_000
UPLOAD_SECONDS: Final = 120.0
_SERVER: Final = "media_server"
_MAX_SERVER: Final = 200


class NotAMediaServer(RequestError):
    """What was typed cannot be a media server."""

    def __init__(self, text: str) -> None:
        super().__init__(
            Phrase(
                "{text} is not the address of a media server. It begins with https:// and a name "
                "follows, such as https://media.example. Nothing was changed.",
                text=text[:80] or Phrase("An empty line"),
            )
        )
        self.text = text


class NoMediaServer(RequestError):
    """There is a picture, and nowhere to upload it to."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "No media server is chosen, so nobody could see the pictures. Nothing was "
                "published. Choose one below the pictures, or take them out."
            )
        )


class PictureTooLarge(RequestError):
    """More than a post's picture may weigh."""

    def __init__(self, size: int) -> None:
        super().__init__(
            Phrase(
                "The picture still has {size} bytes after it was made smaller; {most} is the most. "
                "Nothing was added. Choose a smaller one.",
                size=size,
                most=MAX_PICTURE_BYTES,
            )
        )
        self.size = size


class NoRoomForPictures(RequestError):
    """The drafts hold as much as they may."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "The pictures in your drafts take up all the room there is for them. Nothing was "
                "added. Publish or delete a draft first."
            )
        )


class PictureGone(RequestError):
    """A draft names a picture whose file somebody deleted."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "A picture of this draft is not on this computer any more. Nothing was published. "
                "Take it out and add it again."
            )
        )


class UploadFailed(BackendError):
    """No answer came."""

    def __init__(self, host: str, why: FetchFailed) -> None:
        super().__init__(
            Phrase(
                "{host} did not take the picture, or its answer was lost. Nothing was published, "
                "and your draft is kept. Try again, or choose another media server.",
                host=host,
            )
        )
        self.host = host
        self.why = why


class UploadRefused(BackendError):
    """The server took no picture of ours; `said` is its own reason, and a stranger's words."""

    def __init__(self, host: str, *, status: int, said: str) -> None:
        super().__init__(
            Phrase(
                "{host} refused the picture: {why} Nothing was published, and your draft is kept. "
                "{next}",
                host=host,
                why=f"“{said}”." if said else Phrase("error {status}.", status=status),
                next=_next_step(status),
            )
        )
        self.host = host
        self.status = status
        self.said = said


class UploadNotTrusted(BackendError):
    """The server's answer does not fit what was sent to it."""

    def __init__(self, host: str, why: DecodeError) -> None:
        super().__init__(
            Phrase(
                "{host} answered with something else than the picture that was sent to it. "
                "Nothing was published, and your draft is kept. Choose another media server.",
                host=host,
            )
        )
        self.host = host
        self.why = why


class PictureService:
    """Keeps drafts' pictures, and uploads them."""

    def __init__(
        self,
        *,
        signer: EventSigner,
        uploader: Uploader,
        shelf: PictureShelf,
        settings: SettingsStore,
        network: Network,
        usual_server: str,
        clock: Clock,
    ) -> None:
        self._signer = signer
        self._uploader = uploader
        self._shelf = shelf
        self._settings = settings
        self._network = network
        self._usual_server = usual_server
        self._clock = clock
        self._taken: set[str] = set()

    @property
    def server(self) -> str:
        """Where pictures are uploaded to; empty: nowhere."""
        chosen = self._settings.setting(_SERVER)
        return self._usual_server if chosen is None else chosen

    def use_server(self, text: str) -> None:
        """Another one from now on, none if empty; `NotAMediaServer`."""
        self._settings.put_setting(_SERVER, self._origin(text) if text.strip() else "")

    async def take(self, picture: StrippedPicture) -> Attachment:
        """Keeps a picture for a draft. Raises `PictureTooLarge` and `NoRoomForPictures`."""
        if len(picture.data) > MAX_PICTURE_BYTES:
            raise PictureTooLarge(len(picture.data))
        name = sha256(picture.data).hex()
        self._taken.add(name)
        if not await self._shelf.put(name, picture.data, most=MAX_SHELF_BYTES):
            raise NoRoomForPictures
        return Attachment(
            hash=name,
            media_type=picture.media_type,
            width=picture.width,
            height=picture.height,
            size=len(picture.data),
        )

    async def upload(self, picture: Attachment, progress: Callable[[int], None]) -> Attachment:
        """Itself with its address on the server, which has it now.

        Raises `NoMediaServer`, `PictureGone`, `UploadFailed`, `UploadRefused`, `UploadNotTrusted`.
        """
        server = self.server
        if not server:
            raise NoMediaServer
        data = await self._shelf.get(picture.hash)
        if data is None or sha256(data).hex() != picture.hash:
            raise PictureGone
        host = urlsplit(server).hostname or ""
        word = await self._signer.sign(
            upload_authorization(
                self._signer.pubkey,
                picture=picture.hash,
                host=host,
                now=self._clock.now().unix_seconds,
            )
        )
        headers = {
            "Authorization": authorization_header(word),
            "Content-Type": picture.media_type,
            "X-SHA-256": picture.hash,
        }
        try:
            answer = await self._uploader.put(
                f"{server}/upload",
                data,
                headers=headers,
                max_bytes=MAX_ANSWER,
                timeout=UPLOAD_SECONDS,
                progress=progress,
            )
        except FetchFailed as error:
            raise UploadFailed(host, error) from error
        if answer.status not in (200, 201):
            said = read_refusal(answer.reason, answer.body)
            raise UploadRefused(host, status=answer.status, said=said)
        try:
            url = read_descriptor(answer.body, picture=picture.hash, size=picture.size)
            check_url(url, self._network)
        except DecodeError as error:
            raise UploadNotTrusted(host, error) from error
        return replace(picture, url=url)

    async def left(self) -> frozenset[str]:
        """The hashes of what earlier runs left: no draft that is just being written is waiting."""
        return await self._shelf.names() - self._taken

    async def forget(self, hashes: frozenset[str]) -> None:
        """Drops pictures that no draft has any more."""
        await self._shelf.drop(hashes)

    def _origin(self, text: str) -> str:
        text = text.strip()
        try:
            parts = check_url(text if "://" in text else f"https://{text}", self._network)
        except DecodeError:
            raise NotAMediaServer(text) from None
        if len(text) > _MAX_SERVER or parts.path not in ("", "/") or parts.query:
            raise NotAMediaServer(text)
        return f"{parts.scheme}://{parts.netloc.lower()}"


def _next_step(status: int) -> Phrase:
    match status:
        case 401 | 403:
            return Phrase("It may serve members only: join it, or choose another media server.")
        case 402:
            return Phrase("It wants to be paid for keeping it: choose another media server.")
        case 413 | 415:
            return Phrase("Try a smaller picture, or choose another media server.")
        case 429:
            return Phrase("Wait a while, then try again.")
        case _:
            return Phrase("Try again later, or choose another media server.")
