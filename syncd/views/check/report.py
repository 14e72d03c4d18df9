"""The values of a check."""

from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """How grave a finding is."""

    OK = "ok"
    WARNING = "warning"
    """It works, but not as a person may think."""
    PROBLEM = "problem"
    """Something would not work."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    level: Severity
    subject: str
    """`database`, `pinnacle`, `bettune`, `filter 7`, `rules[1]`, ..."""
    message: str
    advice: str = ""
    """What to do about it."""


def ok(subject: str, message: str) -> Finding:
    """Nothing to do."""
    return Finding(level=Severity.OK, subject=subject, message=message)


def warning(subject: str, message: str, advice: str = "") -> Finding:
    """Worth knowing."""
    return Finding(level=Severity.WARNING, subject=subject, message=message, advice=advice)


def problem(subject: str, message: str, advice: str) -> Finding:
    """To be put right."""
    return Finding(level=Severity.PROBLEM, subject=subject, message=message, advice=advice)


class FilterSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A filter of BetTune's: which rule it gets, and which market of Pinnacle's."""

    id: int
    name: str
    approved: bool
    bet_type: str
    rule: int | None = None
    """Counted from 0; none: it is left alone."""
    selection: str = ""
    reason: str = ""
    """Why nothing is written for it; empty if it is filled."""


class CheckReport(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was found."""

    findings: tuple[Finding, ...]
    filters: tuple[FilterSummary, ...] = ()

    @property
    def works(self) -> bool:
        """Whether there is no problem."""
        return all(each.level is not Severity.PROBLEM for each in self.findings)
