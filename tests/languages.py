"""Keeps the catalogues true to the source: `make translations` runs it.

What people read stands in the source as `t("...")`, `tn(...)` or `Phrase("...")`. Each catalogue
`tipdesk/ui/languages/tipdesk_LANGUAGE.ts` gets what is new, marked as unfinished, loses what is
gone, and is compiled into the `.qm` beside it, which the window loads.
"""

import ast
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "tipdesk"
LANGUAGES = SOURCE / "ui" / "languages"
CONTEXT = "TipDesk"
NUMERALS = {"zh_CN": 1}
"""How many forms a language has for one and many."""


@dataclass(frozen=True, slots=True)
class Source:
    """A text of the source; `is_counted` if it hangs on a number."""

    pattern: str
    is_counted: bool


def sources() -> dict[str, Source]:
    """Every text of the source, by its pattern."""
    found: dict[str, Source] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for text in texts_of(ast.parse(path.read_text(encoding="utf-8"))):
            known = found.setdefault(text.pattern, text)
            if known != text:
                raise ValueError(f"{path}: {text.pattern!r} is counted here and not elsewhere")
    return found


def texts_of(tree: ast.AST) -> Iterator[Source]:
    """The texts of one module, in no particular order."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Name("t" | "Phrase"):
                place, is_counted = 0, False
            case ast.Name("tn") | ast.Attribute(ast.Name("Phrase"), "counted"):
                place, is_counted = 2, True
            case _:
                continue
        for text in literals(node.args[place]):
            yield Source(text, is_counted)


def literals(node: ast.expr) -> Iterator[str]:
    """The constant texts of an argument: one, or either branch of a choice."""
    match node:
        case ast.Constant(str() as text):
            yield text
        case ast.IfExp():
            yield from literals(node.body)
            yield from literals(node.orelse)


def update(path: Path) -> int:
    """Brings one catalogue up to the source; how many of its texts nobody translated."""
    language = path.stem.removeprefix("tipdesk_")
    known = read(path) if path.exists() else {}
    root = ET.Element("TS", version="2.1", language=language, sourcelanguage="en")
    context = ET.SubElement(root, "context")
    ET.SubElement(context, "name").text = CONTEXT
    missing = 0
    for text in sorted(sources().values(), key=lambda one: one.pattern):
        forms = known.get(text.pattern, ())
        wanted = NUMERALS[language] if text.is_counted else 1
        is_done = len(forms) == wanted and all(forms)
        missing += not is_done
        write(context, text, forms if is_done else ("",) * wanted, is_done=is_done)
    ET.indent(root, " ")
    body = ET.tostring(root, encoding="unicode")
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n', "utf-8")
    return missing


def read(path: Path) -> dict[str, tuple[str, ...]]:
    """The translations of a catalogue by pattern: one, or one for each form of a number."""
    found = {}
    for message in ET.parse(path).getroot().iter("message"):
        translation = message.find("translation")
        if translation is None:
            continue
        forms = translation.findall("numerusform") or [translation]
        found[message.findtext("source") or ""] = tuple(form.text or "" for form in forms)
    return found


def write(context: ET.Element, text: Source, forms: tuple[str, ...], *, is_done: bool) -> None:
    """One message of a catalogue."""
    message = ET.SubElement(context, "message", {"numerus": "yes"} if text.is_counted else {})
    ET.SubElement(message, "source").text = text.pattern
    translation = ET.SubElement(message, "translation", {} if is_done else {"type": "unfinished"})
    if text.is_counted:
        for form in forms:
            ET.SubElement(translation, "numerusform").text = form
    else:
        translation.text = forms[0]


def release(path: Path) -> bytes:
    """Compiles a catalogue into the file beside it; its bytes."""
    target = path.with_suffix(".qm")
    tool = Path(sys.executable).parent / "pyside6-lrelease"
    subprocess.run([tool, "-silent", str(path), "-qm", str(target)], check=True)
    return target.read_bytes()


def main() -> None:
    """Every catalogue."""
    for path in sorted(LANGUAGES.glob("tipdesk_*.ts")):
        missing = update(path)
        release(path)
        sys.stderr.write(f"tipdesk: {path.name}: {missing} texts to translate\n")


if __name__ == "__main__":
    main()
