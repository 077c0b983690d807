"""Uploads: what leaves, what a server's answer is worth, and the sentence for each way to fail."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.fakes import FAN, FakeClock, FakeEntropy
from tests.picturing import Settings, picture_service, view
from tipdesk.adapters.net.upload import UploadClient
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.secrets.signer import KeySigner
from tipdesk.adapters.storage.picture_files import PictureFiles
from tipdesk.base.errors import TipDeskError
from tipdesk.bitcoin.network import Network
from tipdesk.ports.pictures import StrippedPicture, UploadAnswer
from tipdesk.practice.media import MediaFault, PracticeMedia
from tipdesk.services import pictures
from tipdesk.services.pictures import (
    NoMediaServer,
    NoRoomForPictures,
    NotAMediaServer,
    PictureGone,
    PictureService,
    PictureTooLarge,
    UploadFailed,
    UploadNotTrusted,
    UploadRefused,
)


def unheard(_: int) -> None:
    """Nobody watches."""


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[tuple[PictureService, PracticeMedia]]:
    clock = FakeClock()
    media = PracticeMedia(folder / "media", clock)
    await media.start()
    try:
        async with UploadClient(Network.REGTEST, WayOut()) as client:
            yield (
                picture_service(folder, clock, FakeEntropy(), server=media.url, client=client),
                media,
            )
    finally:
        await media.stop()


async def test_a_picture_goes_up_whole_and_says_how_far_it_is(tmp_path: Path) -> None:
    async with serving(tmp_path) as (service, media):
        large = StrippedPicture(bytes(range(256)) * 400, "image/jpeg", 60, 40)
        told: list[int] = []
        picture = await service.take(large)
        done = await service.upload(picture, told.append)
        assert done.url == f"{media.url}/{picture.hash}.jpg"
        assert told == [32_768, 65_536, 98_304, 102_400]
        assert (tmp_path / "media" / f"{picture.hash}.jpg").read_bytes() == large.data


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        (MediaFault.REFUSE, UploadRefused, "refused the picture: “members only”. Nothing was"),
        (MediaFault.OTHER_HASH, UploadNotTrusted, "something else than the picture"),
        (MediaFault.OTHER_PLACE, UploadNotTrusted, "Choose another media server"),
    ],
)
async def test_a_server_that_does_not_do_its_work_is_told_with_the_next_step(
    tmp_path: Path, fault: MediaFault, error: type[TipDeskError], words: str
) -> None:
    async with serving(tmp_path) as (service, media):
        media.fault = fault
        with pytest.raises(error, match=words):
            await service.upload(await service.take(view("one")), unheard)


async def test_an_upload_that_is_cancelled_ends_at_once(tmp_path: Path) -> None:
    async with serving(tmp_path) as (service, media):
        media.fault = MediaFault.STALL
        picture = await service.take(view("one"))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await service.upload(picture, unheard)
        assert media.uploads == []


async def test_nobody_listening_is_a_sentence_and_nothing_is_lost(tmp_path: Path) -> None:
    async with UploadClient(Network.REGTEST, WayOut()) as client:
        service = picture_service(
            tmp_path, FakeClock(), FakeEntropy(), server="http://127.0.0.1:9", client=client
        )
        picture = await service.take(view("one"))
        with pytest.raises(UploadFailed, match=r"Nothing was published, and your draft is kept\."):
            await service.upload(picture, unheard)


async def test_without_a_server_nothing_leaves(tmp_path: Path) -> None:
    service = picture_service(tmp_path, FakeClock(), FakeEntropy())
    with pytest.raises(NoMediaServer):
        await service.upload(await service.take(view("one")), unheard)


def test_the_server_that_is_chosen_is_an_https_origin_and_can_be_none(tmp_path: Path) -> None:
    settings = Settings()
    service = picture_service(
        tmp_path,
        FakeClock(),
        FakeEntropy(),
        server="https://usual.example",
        settings=settings,
        network=Network.MAINNET,
    )
    assert service.server == "https://usual.example"
    service.use_server(" Media.Example/ ")
    assert service.server == "https://media.example"
    for text in ("http://media.example", "https://x.example/upload", "https://a:b@x.example", "ä"):
        with pytest.raises(NotAMediaServer, match="Nothing was changed"):
            service.use_server(text)
    assert service.server == "https://media.example"
    service.use_server("")
    assert service.server == ""


class Answering:
    """An uploader that gives one answer."""

    def __init__(self, answer: UploadAnswer) -> None:
        self.answer = answer

    async def put(
        self,
        url: str,
        data: bytes,
        *,
        headers: Mapping[str, str],
        max_bytes: int,
        timeout: float,
        progress: Callable[[int], None],
    ) -> UploadAnswer:
        return self.answer


def answered(folder: Path, answer: UploadAnswer, network: Network) -> PictureService:
    return PictureService(
        signer=KeySigner(FAN, FakeEntropy()),
        uploader=Answering(answer),
        shelf=PictureFiles(folder),
        settings=Settings(),
        network=network,
        usual_server="https://media.example",
        clock=FakeClock(),
    )


async def test_an_address_that_others_could_not_open_safely_is_not_published(
    tmp_path: Path,
) -> None:
    name = (
        await answered(tmp_path, UploadAnswer(200, "", b""), Network.MAINNET).take(view("one"))
    ).hash
    body = f'{{"url": "http://media.example/{name}.png", "sha256": "{name}"}}'.encode()
    answer = UploadAnswer(200, "", body)
    strict = answered(tmp_path, answer, Network.MAINNET)
    picture = await strict.take(view("one"))
    with pytest.raises(UploadNotTrusted):
        await strict.upload(picture, unheard)
    practice = answered(tmp_path, answer, Network.REGTEST)
    assert (await practice.upload(picture, unheard)).url


@pytest.mark.parametrize("status", [302, 400, 401, 402, 413, 415, 429, 500])
async def test_every_refusal_has_a_next_step_and_its_words_are_bounded(
    tmp_path: Path, status: int
) -> None:
    body = b'{"message": "' + b"a\\u0007b\\n" * 200 + b'"}'
    service = answered(tmp_path, UploadAnswer(status, "", body), Network.MAINNET)
    with pytest.raises(UploadRefused) as caught:
        await service.upload(await service.take(view("one")), unheard)
    assert len(caught.value.said) <= 200
    assert caught.value.said.isprintable()
    assert str(caught.value).endswith((".",))


async def test_a_picture_that_somebody_changed_on_disk_does_not_go_up(tmp_path: Path) -> None:
    async with serving(tmp_path) as (service, media):
        picture = await service.take(view("one"))
        (tmp_path / "draft-pictures" / picture.hash).write_bytes(b"other")
        with pytest.raises(PictureGone):
            await service.upload(picture, unheard)
        assert media.uploads == []


async def test_what_drafts_hold_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = picture_service(tmp_path, FakeClock(), FakeEntropy())
    monkeypatch.setattr(pictures, "MAX_SHELF_BYTES", len(view("one").data) + 10)
    await service.take(view("one"))
    await service.take(view("one"))
    with pytest.raises(NoRoomForPictures):
        await service.take(view("two"))
    with pytest.raises(PictureTooLarge):
        await service.take(StrippedPicture(bytes(5_000_001), "image/png", 1, 1))
