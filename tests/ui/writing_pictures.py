"""Scenes of the editor; `gallery` renders them."""

import asyncio

from PySide6.QtGui import QImage

from tests.ui import content
from tests.ui.conftest import until
from tests.ui.fan_pictures import Play
from tests.ui.stage import Stage, paint
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.ports.writing import RelayState
from tipdesk.ui.views.main_window import MainWindow

TEXT = (
    f"New tiles from the workshop, with nostr:{encode_npub(content.BELA.pubkey)} behind the "
    "camera. They dry until Sunday. #azulejo #lisbon\n\nhttps://tiles.example/autumn"
)


async def empty(window: MainWindow, stage: Stage) -> None:
    """Nothing written yet."""
    window.editor.write()


async def written(window: MainWindow, stage: Stage) -> None:
    """A note, somebody about to be linked, a cover, the relays."""
    stage.writing.keep(stage.writing.new_draft())
    window.editor.write()
    form = window.editor.form
    form.cover.click()
    form.reason.setText("wet clay")
    form.relays_button.click()
    form.edit.setPlainText(f"{TEXT}\n\nThanks @b")
    form.edit.moveCursor(form.edit.textCursor().MoveOperation.End)


async def preview(window: MainWindow, stage: Stage) -> None:
    """As the feed shows it."""
    window.editor.write()
    window.editor.form.edit.setPlainText(TEXT)
    await asyncio.sleep(0.05)
    window.editor.preview_button.click()


async def reply(window: MainWindow, stage: Stage) -> None:
    """A reply over the reader."""
    stage.writing.readers = ("wss://ana.example",)
    view = stage.feeds.posts()[0]
    window.reader.open_for(view)
    window.editor.answer(view)
    window.editor.form.edit.setPlainText("The second one, with the slow ending. Again and again.")


async def refused(window: MainWindow, stage: Stage) -> None:
    """One took it, one refused, one was silent."""
    window.editor.write()
    window.editor.form.edit.setPlainText(TEXT)
    window.models.editor.publish()
    await until(lambda: bool(stage.writing.postings))
    stage.writing.answer(
        next(iter(stage.writing.postings)),
        (RelayState.ACCEPTED, ""),
        (RelayState.REFUSED, "blocked: <b>this relay</b> is for its members; write to the owner"),
        (RelayState.SILENT, "no answer within 10 seconds"),
    )


async def long(window: MainWindow, stage: Stage) -> None:
    """A long post."""
    window.editor.write()
    form = window.editor.form
    form.edit.setPlainText(content.ESSAY)
    window.editor.kinds.buttons["long"].click()
    form.title.show_text("A year along the canal")
    form._describe()
    form.relays_button.click()


async def marked(window: MainWindow, stage: Stage) -> None:
    """In the feed, on no relay."""
    await refused(window, stage)
    lost = (RelayState.SILENT, "no answer within 10 seconds")
    stage.writing.answer(next(iter(stage.writing.postings)), lost, lost, lost)
    window.editor.dismiss()


async def reading(window: MainWindow, stage: Stage) -> None:
    """The reader with its reply button."""
    window.reader.open_for(stage.feeds.posts()[0])


async def put(window: MainWindow, *names: str) -> None:
    """Pictures that were pasted."""
    window.models.editor.pictures.add([QImage.fromData(paint(name)) for name in names])
    while len(window.models.editor.pictures.shown) < len(names):  # noqa: ASYNC110
        await asyncio.sleep(0.02)


async def pictures(window: MainWindow, stage: Stage) -> None:
    """A note with pictures, and no media server yet."""
    window.editor.write()
    window.editor.form.edit.setPlainText("New tiles from the workshop. #azulejo")
    await put(window, "one", "two")
    window.models.editor.pictures.describe(0, "A wall of blue and white tiles, still wet")


async def picture_post(window: MainWindow, stage: Stage) -> None:
    """A picture post with many, on its way."""
    stage.writing.pictures.server = "https://media.example"
    stage.writing.upload_gate = asyncio.Event()
    window.editor.write()
    window.editor.kinds.buttons["pictures"].click()
    window.models.editor.name("First light")
    window.editor.form.edit.setPlainText("Five minutes before the fog decided otherwise.")
    await put(window, "a", "b", "c", "d", "e")
    for place in range(5):
        window.models.editor.pictures.describe(place, f"The ridge, {place + 1} minutes later")
    window.models.editor.publish()
    await asyncio.sleep(0.05)


async def picture_preview(window: MainWindow, stage: Stage) -> None:
    """As the feed shows it."""
    window.editor.write()
    window.editor.kinds.buttons["pictures"].click()
    window.models.editor.name("First light")
    window.editor.form.edit.setPlainText("Five minutes before the fog decided otherwise.")
    await put(window, "a", "b", "c")
    window.editor.preview_button.click()
    await asyncio.sleep(0.2)


PLAYS: dict[str, Play] = {
    "write-empty": empty,
    "write": written,
    "write-preview": preview,
    "write-reply": reply,
    "write-refused": refused,
    "write-long": long,
    "write-pictures": pictures,
    "write-picture-post": picture_post,
    "write-picture-preview": picture_preview,
    "write-marked": marked,
    "write-reading": reading,
}
