"""The values of a check: findings, how filters are read, and the whole report."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

import msgspec


class FindingLevel(StrEnum):
    """The severity of a finding."""

    OK = "ok"
    WARNING = "warning"
    """It works, but perhaps not as the user expects."""
    PROBLEM = "problem"
    """Something would not work."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one check."""

    level: FindingLevel
    subject: str
    """`database`, `pinnacle`, `bettune`, `filter 7`, `rules[1]`, ..."""
    message: str
    advice: str = ""
    """The action that solves it."""


def ok(subject: str, message: str) -> Finding:
    """Make a finding that needs no action."""
    return Finding(level=FindingLevel.OK, subject=subject, message=message)


def warning(subject: str, message: str, advice: str = "") -> Finding:
    """Make a finding that the user should know."""
    return Finding(level=FindingLevel.WARNING, subject=subject, message=message, advice=advice)


def problem(subject: str, message: str, advice: str) -> Finding:
    """Make a finding that the user has to act on."""
    return Finding(level=FindingLevel.PROBLEM, subject=subject, message=message, advice=advice)


class ErrorMeaning(NamedTuple):
    """The meaning of a service's error for the user."""

    error: type[Exception]
    message: str
    advice: str
    level: FindingLevel = FindingLevel.PROBLEM


def unreachable(error: type[Exception], url_key: str) -> ErrorMeaning:
    """Say of this class of errors that the service at the address in this config key cannot be reached."""
    advice = f"check {url_key}, and whether this machine reaches it"
    return ErrorMeaning(error, "it cannot be reached", advice)


def too_many_requests(error: type[Exception], advice: str) -> ErrorMeaning:
    """Say of this class of errors that the service limits requests: nothing is wrong, but wait."""
    return ErrorMeaning(error, "there were too many requests", advice, FindingLevel.WARNING)


def error_finding(subject: str, error: Exception, meanings: Iterable[ErrorMeaning]) -> Finding:
    """Turn an error into a finding by the first meaning whose class it is; the last must fit all."""
    meaning = next(each for each in meanings if isinstance(error, each.error))
    return Finding(
        level=meaning.level, subject=subject, message=f"{meaning.message} ({error})", advice=meaning.advice
    )


class FilterSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A filter of BetTune's with its rule and its market at Pinnacle."""

    id: int
    name: str
    approved: bool
    bet_type: str
    rule: int | None = None
    """The index of its rule, counted from 0; None if it is left alone."""
    selection: str = ""
    """The meaning of its bet type at Pinnacle; empty if it could not be read."""
    reason: str = ""
    """The reason why no prediction is made for it; empty if predictions are made."""


class CheckReport(msgspec.Struct, frozen=True, kw_only=True):
    """All findings of a check."""

    findings: tuple[Finding, ...]
    filters: tuple[FilterSummary, ...] = ()

    @property
    def works(self) -> bool:
        """True if there is no problem."""
        return all(each.level is not FindingLevel.PROBLEM for each in self.findings)
