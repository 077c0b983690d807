"""The reader with its thread: above, below, back, tips, and posts that links lead to."""

from dataclasses import replace

from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.test_browse import found
from tipdesk.nostr.feed import Post
from tipdesk.nostr.nip19 import EventPointer
from tipdesk.ui.viewmodels.linked import Link
from tipdesk.ui.views.main_window import MainWindow


def by_ana(text: str, number: int) -> Post:
    return replace(found(text, number), author=content.ANA.pubkey)


def read_first(window: MainWindow) -> None:
    QTest.keyClick(window.pages.feed.list, Qt.Key.Key_J)
    QTest.keyClick(window.pages.feed.list, Qt.Key.Key_Return)


def test_replies_stand_below_the_post_and_open_like_it(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        reader, threads = window.reader, stage.reading.threads
        read_first(window)
        assert reader.replies.heading.text() == "Looking for replies …"
        first = reader.text.toPlainText()
        threads.answer((found("what a song", 901), 0), (by_ana("thank you", 902), 1))
        await until(lambda: len(reader.replies.rows) == 2)
        assert reader.replies.heading.text() == "2 replies"
        assert [row.indent for row in reader.replies.rows] == [0, 1]
        reader.replies.rows[1].setFocus()
        QTest.keyClick(reader.replies.rows[1], Qt.Key.Key_Return)
        assert reader.text.toPlainText() == "thank you"
        assert threads.opened[-1] == by_ana("", 902).id
        QTest.keyClick(reader, Qt.Key.Key_Escape)
        assert reader.text.toPlainText() == first
        QTest.keyClick(reader, Qt.Key.Key_Escape)
        assert reader.isHidden()

    play(scene)


def test_a_reply_is_tipped_where_it_stands(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        read_first(window)
        reply = by_ana("thank you", 902)
        stage.reading.threads.answer((reply, 0), (found("no address", 903), 0))
        await until(lambda: len(window.reader.replies.rows) == 2)
        row, other = window.reader.replies.rows
        assert row.tip_button.isVisible()
        assert not other.tip_button.isVisible()
        row.setFocus()
        QTest.keyClick(row, Qt.Key.Key_T)
        assert stage.tips.tips()[0].target_event == reply.id

    play(scene)


def test_rows_keep_the_keyboard_while_the_thread_grows(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        read_first(window)
        one, two = found("one", 901), found("two", 902)
        stage.reading.threads.answer((two, 0), is_asking=True)
        await until(lambda: len(window.reader.replies.rows) == 1)
        row = window.reader.replies.rows[0]
        row.setFocus()
        stage.reading.threads.answer((one, 0), (two, 0))
        await until(lambda: len(window.reader.replies.rows) == 2)
        assert window.reader.replies.rows[1] is row
        assert row.hasFocus()

    play(scene)


def test_what_the_post_answers_stands_above_or_is_said_to_be_missing(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        reader = window.reader
        read_first(window)
        stage.reading.threads.answer(above=(found("the beginning", 901),))
        await until(lambda: len(reader.above.rows) == 1)
        assert reader.above.heading.text() == ""
        stage.reading.threads.answer(is_cut=True)
        await until(lambda: not reader.above.rows)
        assert "answers a post that none of the relays asked has" in reader.above.heading.text()
        assert reader.replies.heading.text() == "No replies on the relays that answered"
        stage.reading.threads.answer(no_answer=True)
        await until(lambda: "No relay answered" in reader.replies.heading.text())

    play(scene)


def test_further_replies_come_when_asked_for(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        read_first(window)
        stage.reading.threads.answer((found("one", 901), 0), count=9)
        await until(window.reader.more_button.isVisible)
        assert window.reader.more_button.text() == "8 more replies"
        window.reader.more_button.click()
        await until(lambda: not window.reader.more_button.isVisible())

    play(scene)


def test_a_post_that_is_not_here_is_looked_for_when_wanted(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        away = found("from elsewhere", 950)
        link = Link(0, 4, EventPointer(away.id), "nostr:nevent1")
        window.people.open_link(link, QRect(100, 100, 1, 1))
        panel = window.people.link
        assert panel.seek_button.isVisible()
        panel.seek_button.click()
        await until(lambda: "None of the relays asked has that post" in window.toast.text)
        stage.reading.threads.elsewhere[away.id] = away
        window.people.open_link(link, QRect(100, 100, 1, 1))
        panel.seek_button.click()
        await until(window.reader.isVisible)
        assert window.reader.text.toPlainText() == "from elsewhere"

    play(scene)


def test_a_covered_reply_shows_none_of_its_words(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        read_first(window)
        covered = replace(found("the ending", 901), warning="spoiler")
        stage.reading.threads.answer((covered, 0))
        await until(lambda: len(window.reader.replies.rows) == 1)
        row = window.reader.replies.rows[0]
        assert "ending" not in row.text.text() + row.accessibleDescription()

    play(scene)
