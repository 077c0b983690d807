"""The last lines of the log are remembered, and no more of them than is said."""

import logging

from tipdesk.app.logs import LINES, LONGEST, Remembered


def record(text: str) -> logging.LogRecord:
    return logging.LogRecord("tipdesk.x", logging.INFO, "x.py", 1, text, (), None)


def test_the_last_lines_are_kept_and_long_ones_are_cut() -> None:
    remembered = Remembered()
    for number in range(LINES + 3):
        remembered.emit(record(f"line {number}"))
    remembered.emit(record("x" * 5_000))
    lines = remembered.lines()
    assert len(lines) == LINES
    assert lines[0].endswith("line 4")
    assert len(lines[-1]) == LONGEST
