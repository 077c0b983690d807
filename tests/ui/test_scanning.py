"""Codes in pictures: read in a thread, bounded, dropped, pasted or framed on the screen."""

import subprocess
import sys
from pathlib import Path

import pytest
import segno
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.conftest import Play, until
from tests.ui.stage import INVOICE
from tests.ui.test_send import open_send
from tipdesk.ui.loop import run
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.widgets import code_reading
from tipdesk.ui.widgets.code_reading import NoCode, NoPicture, picture_in, text_in, text_of_file
from tipdesk.ui.widgets.screen_picker import ScreenPicker


def code(text: str, size: int = 400) -> QImage:
    """A picture with a code in its middle."""
    rows = [bytes(row) for row in segno.make(text).matrix]
    small = QImage(len(rows), len(rows), QImage.Format.Format_RGB32)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            small.setPixel(x, y, 0x000000 if dark else 0xFFFFFF)
    picture = QImage(size, size, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.white)
    painter = QPainter(picture)
    painter.drawImage(QRect(50, 50, size - 100, size - 100), small)
    painter.end()
    return picture


def test_a_code_in_a_file_is_read(qapp: QApplication, tmp_path: Path) -> None:
    path = tmp_path / "code.png"
    assert code("ana@music.example").save(str(path))
    assert run(lambda: text_of_file(path)) == "ana@music.example"


def test_a_code_of_an_odd_width_is_read(qapp: QApplication) -> None:
    assert run(lambda: text_in(code("lnbc1", 401).copy(0, 0, 399, 401))) == "lnbc1"


@pytest.mark.parametrize("data", [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_what_is_no_picture_is_refused(qapp: QApplication, data: bytes) -> None:
    with pytest.raises(NoPicture):
        picture_in(data)


def test_a_picture_that_claims_to_be_huge_is_not_unpacked(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "code.png"
    code("x").save(str(path))
    monkeypatch.setattr(code_reading, "MAX_PIXELS", 1_000)
    with pytest.raises(NoPicture):
        run(lambda: text_of_file(path))
    monkeypatch.setattr(code_reading, "MAX_BYTES", 10)
    with pytest.raises(NoPicture):
        run(lambda: text_of_file(path))


def test_none_and_several_are_told_apart(qapp: QApplication) -> None:
    both = QImage(800, 400, QImage.Format.Format_RGB32)
    both.fill(Qt.GlobalColor.white)
    with pytest.raises(NoCode, match="No QR code was found"):
        run(lambda: text_in(both))
    painter = QPainter(both)
    painter.drawImage(0, 0, code("one"))
    painter.drawImage(400, 0, code("two"))
    painter.end()
    with pytest.raises(NoCode, match="several codes"):
        run(lambda: text_in(both))


def test_a_dropped_picture_fills_the_field_and_pays_nothing(play: Play, tmp_path: Path) -> None:
    path = tmp_path / "code.png"
    code(f"lightning:{INVOICE}").save(str(path))

    async def scene(window: MainWindow) -> None:
        panel = open_send(window)
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        drop = QDropEvent(
            QPointF(20, 20),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        panel.dropEvent(drop)
        await until(lambda: panel.text.toPlainText() == f"lightning:{INVOICE}")
        assert panel.button is panel.invoice.button

    play(scene)


def test_a_pasted_picture_without_a_code_says_so(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        panel = open_send(window)
        blank = QImage(100, 100, QImage.Format.Format_RGB32)
        blank.fill(Qt.GlobalColor.white)
        QGuiApplication.clipboard().setImage(blank)
        panel._paste()
        await until(lambda: panel.scan.problem_text.startswith("No QR code was found"))
        QGuiApplication.clipboard().setImage(code("ana@music.example"))
        panel._paste()
        await until(lambda: panel.text.toPlainText() == "ana@music.example")
        assert panel.scan.problem_text == ""

    play(scene)


def test_a_frame_drawn_on_the_screen_is_cut_out_and_escape_leaves(qapp: QApplication) -> None:
    picker = ScreenPicker(QPixmap.fromImage(code("x", 800)), QRect(0, 0, 400, 400))
    parts: list[QPixmap] = []
    picker.picked.connect(parts.append)
    left = Qt.MouseButton.LeftButton
    QTest.mouseClick(picker, left, pos=QPoint(10, 10))
    assert parts == []
    QTest.mousePress(picker, left, pos=QPoint(10, 20))
    QTest.mouseMove(picker, QPoint(100, 100))
    QTest.mouseRelease(picker, left, pos=QPoint(110, 120))
    QTest.keyClick(picker, Qt.Key.Key_Return)
    QTest.keyClick(picker, Qt.Key.Key_Escape)
    assert [part.width() for part in parts] == [202, 800, 0]
    picker.deleteLater()


def test_a_process_that_looked_for_codes_ends_without_complaints() -> None:
    # What outlives the interpreter, as a window's slots do, keeps the names of the module alive.
    code = (
        "import ctypes, tipdesk.ui.widgets.code_reading as reading\n"
        "print(reading._decode(bytes(2_500), 50, 50))\n"
        "ctypes.pythonapi.Py_IncRef(ctypes.py_object(reading._decode))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")
