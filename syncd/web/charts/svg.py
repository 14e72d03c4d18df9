"""Elements of SVG as text, with everything that comes from elsewhere escaped."""

from collections.abc import Iterable
from html import escape

from syncd.runtime.printable import one_line


def element(name: str, *content: str, **attributes: object) -> str:
    """Return an element; a trailing or inner `_` of an attribute's name is none, or a hyphen."""
    text = "".join(f' {_attribute(key)}="{_safe(str(value))}"' for key, value in attributes.items())
    inner = "".join(content)
    return f"<{name}{text}>{inner}</{name}>" if inner else f"<{name}{text}/>"


def text_of(text: str) -> str:
    """Return text as content of an element."""
    return _safe(text)


def labelled(text: str) -> str:
    """Return the title of an element: browsers show it above the pointer."""
    return element("title", text_of(text))


def document(content: Iterable[str], *, size: tuple[int, int, int], title: str, text: str, name: str) -> str:
    """Return the whole picture, named for those who do not see it; `size` begins with width and height."""
    head = element("title", text_of(title), id=f"{name}-title") + element(
        "desc", text_of(text), id=f"{name}-desc"
    )
    return element(
        "svg",
        head,
        *content,
        class_="chart",
        viewBox=f"0 0 {size[0]} {size[1]}",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
    )


def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _safe(text: str) -> str:
    return escape(one_line(text), quote=True)
