"""The one stylesheet, made from the roles: inputs, labels, scroll bars, panels, tool tips.

Buttons, avatars, bars and the like paint themselves. A widget chooses its look by a property:
``tone`` for text, ``panel`` for frames.
"""

from string import Template

from tipdesk.ui.theme.roles import Radius, Roles, Space

_SHEET = Template(
    """
* { outline: none; }
QWidget#window, QWidget#page { background: $canvas; }
QLabel { color: $ink; background: transparent; }
QLabel[tone="soft"] { color: $ink_soft; }
QLabel[tone="faint"] { color: $ink_faint; }
QLabel[tone="accent"] { color: $accent_ink; }
QLabel[tone="good"] { color: $good; }
QLabel[tone="bad"] { color: $bad; }
QLabel[tone="busy"] { color: $busy; }
QFrame[panel="card"] {
    background: $surface; border: 1px solid $line; border-radius: ${card_radius}px;
}
QFrame[panel="sunken"] {
    background: $sunken; border: none; border-radius: ${control_radius}px;
}
QFrame[panel="warning"] {
    background: $bad_soft; border: 1px solid $bad; border-radius: ${card_radius}px;
}
QFrame[panel="rail"] { background: $rail; border: none; }
QFrame[panel="line"] { background: $line; border: none; }
QScrollArea, QScrollArea > QWidget > QWidget#column { background: transparent; border: none; }
QAbstractScrollArea { background: transparent; border: none; }
QLineEdit, QPlainTextEdit, QTextEdit {
    color: $ink; background: $field; border: 1px solid $line; border-radius: ${control_radius}px;
    padding: 0 ${near}px; selection-background-color: $accent;
    selection-color: $on_accent;
}
QPlainTextEdit { padding: ${snug}px; }
QLineEdit:hover, QPlainTextEdit:hover { border-color: $line_strong; }
QLineEdit:focus, QPlainTextEdit:focus { border: 1px solid $accent; background: $surface; }
QLineEdit[wrong="true"] { border: 1px solid $bad; }
QTextEdit, QTextEdit:hover, QTextEdit:focus { background: transparent; border: none; padding: 0; }
QLabel[keycap="true"] {
    background: $sunken; border: 1px solid $line; border-radius: 5px; padding: 1px 6px;
}
QLineEdit:read-only { color: $ink_soft; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }
QScrollBar::handle:vertical { background: $line_strong; border-radius: 3px; min-height: 36px; }
QScrollBar::handle:vertical:hover { background: $ink_faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 2px; }
QScrollBar::handle:horizontal { background: $line_strong; border-radius: 3px; min-width: 36px; }
QToolTip {
    color: $ink; background: $raised; border: 1px solid $line_strong; padding: 5px 8px;
}
"""
)


def stylesheet(roles: Roles) -> str:
    """The stylesheet of a theme."""
    colours = {name: getattr(roles, name) for name in Roles.__slots__ if not name.startswith("is_")}
    return _SHEET.substitute(
        colours,
        card_radius=int(Radius.CARD),
        control_radius=int(Radius.CONTROL),
        near=int(Space.NEAR),
        snug=int(Space.SNUG),
    )
