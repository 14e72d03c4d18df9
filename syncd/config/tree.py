"""The settings as a tree of keys, with the value that each expects as text."""

import re
import types
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MinLen
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from syncd.config.settings import Settings
from syncd.config.values import Expected, format_duration

Key = tuple[str | int, ...]
"""The path to a value: `("rules", 1, "price")`."""

BARE = re.compile(r"[A-Za-z0-9_-]+")


def dotted(key: Key) -> str:
    """The key as users write it: `rules[1].price`, `bet_types."Over 2.50 goals"`."""
    text = ""
    for part in key:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + (part if BARE.fullmatch(part) else f'"{part}"')
    return text


@dataclass(frozen=True, slots=True)
class Node:
    """A key of the config: a table of named keys, a list, a map of free names, or a single value."""

    type: Any
    marks: tuple[Any, ...] = ()
    field: FieldInfo | None = None

    @classmethod
    def of(cls, annotation: Any, marks: tuple[Any, ...] = (), field: FieldInfo | None = None) -> "Node":
        """The node of a type annotation, without `Annotated` and `| None`."""
        origin = get_origin(annotation)
        if origin is Annotated:
            inner, *own = get_args(annotation)
            return cls.of(inner, (*_flat(own), *marks), field)
        if origin in (Union, types.UnionType):
            (inner,) = (arg for arg in get_args(annotation) if arg is not type(None))
            return cls.of(inner, marks, field)
        return cls(annotation, marks, field)

    @property
    def is_table(self) -> bool:
        """True if it is a section with keys of its own."""
        return isinstance(self.type, type) and issubclass(self.type, BaseModel)

    @property
    def is_list(self) -> bool:
        """True if it is a list of values."""
        return get_origin(self.type) is tuple

    @property
    def is_map(self) -> bool:
        """True if it is a map, in which the user chooses the keys."""
        return get_origin(self.type) is dict

    @property
    def is_secret(self) -> bool:
        """True if its value, or an element of it, must never be shown."""
        element = self.child(0) if self.is_list else None
        return self.type is SecretStr or bool(element and element.is_secret)

    @property
    def fields(self) -> dict[str, FieldInfo]:
        """The keys of a table; empty for anything else."""
        return dict(self.type.model_fields) if self.is_table else {}

    @property
    def names(self) -> list[str]:
        """The names that a key in it may have; empty if the user may choose them."""
        if self.is_map:
            return [choice for choice in get_args(get_args(self.type)[0]) if isinstance(choice, str)]
        return list(self.fields)

    def child(self, part: str | int) -> "Node | None":
        """The node of a key in this one; None if there is no such key."""
        if self.is_list:
            return Node.of(get_args(self.type)[0]) if isinstance(part, int) else None
        if self.is_map:
            return Node.of(get_args(self.type)[1])
        field = self.fields.get(str(part))
        return Node.of(field.annotation, tuple(field.metadata), field) if field else None

    def expected(self, *, short: bool = False) -> str:
        """The expected value as text: `a whole number from 0 to 65535`; `short` omits examples."""
        mark = next((mark for mark in self.marks if isinstance(mark, Expected)), None)
        text = (mark.short if short and mark.short else mark.text) if mark else self._expected_by_type()
        return text + _bounds(self.marks, self.is_list)

    def _expected_by_type(self) -> str:
        if self.is_table or self.is_map:
            return "a table"
        if self.is_list:
            element = Node.of(get_args(self.type)[0])
            return "a list of tables" if element.is_table else f"a list, each {element.expected()}"
        if get_origin(self.type) is Literal:
            return _either([f'"{choice}"' for choice in get_args(self.type)])
        return "text in quotes"


ROOT = Node.of(Settings)


def find(key: Key) -> Node | None:
    """The node of a key; None if there is no such key."""
    node: Node | None = ROOT
    for part in key:
        node = node.child(part) if node else None
    return node


def walk(node: Node = ROOT, key: Key = ()) -> Iterator[tuple[Key, Node]]:
    """Every key below, tables before their keys; for lists of tables, the keys of the first element."""
    for name in node.fields:
        child = node.child(name)
        if child is None:  # pragma: no cover - a field always has a node
            continue
        yield (*key, name), child
        yield from walk(child, (*key, name))
        element = child.child(0) if child.is_list else None
        if element and element.is_table:
            yield from walk(element, (*key, name, 0))


def nearest(key: Key) -> str:
    """The dotted key that an unknown one probably meant; empty if none is similar.

    A sibling with a similar name comes first, then one with the same or a similar name anywhere.
    """
    *parents, name = key
    parent = find(tuple(parents))
    siblings = parent.names if parent else []
    if close := get_close_matches(str(name), siblings, n=1):
        return dotted((*parents, close[0]))
    elsewhere = {str(known[-1]): known for known, _ in reversed(list(walk())) if 0 not in known}
    if close := get_close_matches(str(name), elsewhere, n=1, cutoff=0.8):
        return dotted(elsewhere[close[0]])
    return ""


def _flat(marks: list[Any]) -> list[Any]:
    """The marks, with those inside a `Field(...)`, where pydantic keeps bounds."""
    return [one for mark in marks for one in (mark.metadata if isinstance(mark, FieldInfo) else [mark])]


def _either(choices: list[str]) -> str:
    return " or ".join(filter(None, [", ".join(choices[:-1]), choices[-1]]))


def _bounds(marks: tuple[Any, ...], is_list: bool) -> str:
    least = next((mark for mark in marks if isinstance(mark, Ge | Gt)), None)
    most = next((mark for mark in marks if isinstance(mark, Le | Lt)), None)
    if isinstance(least, Ge) and isinstance(most, Le):
        return f" from {_bound_text(least.ge)} to {_bound_text(most.le)}"
    parts = []
    if isinstance(least, Ge):
        parts.append(f"at least {_bound_text(least.ge)}")
    if isinstance(least, Gt):
        parts.append(
            f"longer than {_bound_text(least.gt)}" if _is_span(least.gt) else f"above {_bound_text(least.gt)}"
        )
    if isinstance(most, Le):
        parts.append(f"at most {_bound_text(most.le)}")
    if isinstance(most, Lt):
        parts.append(f"below {_bound_text(most.lt)}")
    if any(isinstance(mark, MinLen) for mark in marks):
        parts.append("at least one of them" if is_list else "not empty")
    return f", {' and '.join(parts)}" if parts else ""


def _is_span(bound: object) -> bool:
    return isinstance(bound, timedelta)


def _bound_text(bound: object) -> str:
    return format_duration(bound) if isinstance(bound, timedelta) else str(bound)
