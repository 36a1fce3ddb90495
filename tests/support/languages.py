"""Reading the desk as its readers do: what a page says, and a language in which every word is marked."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from journal.content.texts import Language, Text
from journal.content.vocabulary import heading, label, place, region, site
from journal.content.wording import ENGLISH, Wording

# What a screen reader says beside the text of a page, by attribute.
SPOKEN = (
    "title",
    "aria-label",
    "placeholder",
    "alt",
    "data-one",
    "data-many",
    "data-changed",
    "data-ended",
    "data-lost",
)
UNSAID = {"script", "style"}
BUTTONS = {"submit", "button", "reset"}

CODE = "xx"
OPEN, CLOSE = "⟦", "⟧"


class _Words(HTMLParser):
    """Collects every text of a page; icons are drawn from their names, which nobody reads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.unsaid: list[str] = []
        self.language = ""
        self.before = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = said.get("lang", "")
        icon = "material-symbols-outlined" in said.get("class", "")
        foreign = said.get("lang", self.language) != self.language  # marked as in a language of its own
        if (tag in UNSAID or icon or foreign or self.unsaid) and tag not in VOID:
            self.unsaid.append(tag)
        if foreign:
            return
        self.found += [said[name] for name in SPOKEN if said.get(name)]
        if tag == "input" and said.get("type") in BUTTONS and said.get("value"):
            self.found.append(said["value"])

    def handle_endtag(self, tag: str) -> None:
        if self.unsaid and tag not in VOID:
            self.unsaid.pop()

    def handle_data(self, data: str) -> None:
        """A text that goes on in the next node is one text: `⟦Read <a>this</a>.⟧`"""
        if self.unsaid or not data.strip():
            return
        text = f"{self.before} {' '.join(data.split())}".strip()
        goes_on = text.count(OPEN) > text.count(CLOSE) and not text.endswith("…")
        self.before = text if goes_on else ""
        if not goes_on:
            self.found.append(text)


VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def words_of(page: str) -> tuple[str, list[str]]:
    """The language that a page says it is in, and its texts: nodes, names of controls, text of pictures."""
    reader = _Words()
    reader.feed(page)
    return reader.language, [*reader.found, *filter(None, [reader.before])]


# --- the marked language ---

INNERMOST = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
CUT = re.compile(f"{OPEN}.*")  # a text that was shortened has lost its end
WORD = re.compile(r"[^\W\d_]{2,}")


def marked(text: str) -> str:
    return f"{OPEN}{text}{CLOSE}"


class Marked:
    """A catalogue that knows every text there is and says it between marks."""

    def to_language(self) -> str:
        return CODE

    def language(self) -> str:
        return CODE

    def gettext(self, text: str) -> str:
        return marked(text.rpartition("\x04")[2])

    def ngettext(self, one: str, many: str, number: int) -> str:
        return marked((one if number == 1 else many).rpartition("\x04")[2])


def content(first: Language) -> Language:
    """What the content says, between the same marks."""
    said = {
        pattern: Text(
            marked(one.title), marked(one.advice), {name: marked(it) for name, it in one.why.items()}
        )
        for pattern, one in first.texts.items()
    }
    wording = Wording(
        language=CODE,
        label=lambda code: marked(label(code)),
        site=lambda code: marked(site(code)),
        place=lambda code, side: marked(place(code, side)),
        region=lambda key: marked(region(key)),
        heading=lambda code, side: marked(heading(code, side)),
        months=tuple(map(marked, ENGLISH.months)),
        both=marked(" and "),
        decimal=ENGLISH.decimal,
    )
    prompts = {
        code: {name: marked(it) for name, it in said_of.items()} for code, said_of in first.prompts.items()
    }
    return Language(wording, "nobody", said, prompts=prompts)


def unmarked(text: str, data: Iterator[str] | list[str]) -> list[str]:
    """The words of a text that neither stand between marks nor are data."""
    before = ""
    while before != text:
        before, text = text, INNERMOST.sub(" ", text)
    text = CUT.sub(" ", text)
    for known in data:
        text = text.replace(known, " ")
    return WORD.findall(text)
