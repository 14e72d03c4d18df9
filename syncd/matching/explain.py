"""The evidence in words, for `explain` and the review."""

from syncd.matching.cards import Team
from syncd.matching.company import Company
from syncd.matching.kickoffs import apart_words
from syncd.matching.pairs import HOURS_OFF_S, Pair, TeamEvidence
from syncd.model.link import Evidence

_ALIKE = 0.6
"""Names that agree less than this are not known by themselves."""


def evidence(pair: Pair, company: Company | None) -> tuple[Evidence, ...]:
    """Each piece of evidence with its weight, in the order in which a person would look."""
    home = _side(pair.event.home, pair.match.home, pair.home, company)
    away = _side(pair.event.away, pair.match.away, pair.away, company)
    return (
        Evidence(kind="home", text=home, weight=round(pair.home.weight, 2)),
        Evidence(kind="away", text=away, weight=round(pair.away.weight, 2)),
        *_circumstances(pair, company),
    )


def evidence_swapped(pair: Pair, company: Company | None) -> tuple[Evidence, ...]:
    """The same for a pair that is good only with home and away exchanged."""
    home = f'home "{pair.event.home.name.text}" is the away side "{pair.match.away.name.text}"'
    away = f'away "{pair.event.away.name.text}" is the home side "{pair.match.home.name.text}"'
    return (
        Evidence(kind="swapped", text=home),
        Evidence(kind="swapped", text=away),
        *_circumstances(pair, company),
    )


def _circumstances(pair: Pair, company: Company | None) -> tuple[Evidence, ...]:
    return (
        Evidence(kind="kickoff", text=apart_words(pair.apart_s), weight=round(pair.kickoff, 2)),
        Evidence(kind="tournament", text=_league(pair, company), weight=round(pair.league, 2)),
        Evidence(kind="class", text=squads(pair), weight=round(pair.squad, 2)),
    )


def summary(pair: Pair, company: Company | None, runner_up: Pair | None) -> str:
    """Why a link was made, as one sentence."""
    names = f"names {_agreement(pair.home)} / {_agreement(pair.away)}{_learnt(pair, company)}"
    parts = [names, apart_words(pair.apart_s), f"league {_league(pair, company)}"]
    if company is not None and company.eliminated(pair.event, pair.match):
        parts.append("all else of its round is linked")
    if runner_up is not None and (runner_up.home.recognised or runner_up.away.recognised):
        parts.append(f"next best {_next_best(runner_up)}")
    return ", ".join(parts)


def squads(pair: Pair) -> str:
    """The squads of the two sides: `both women`, or `first team against women`."""
    ours, theirs = pair.event.home.squad.words, pair.match.home.squad.words
    if ours == theirs:
        ours, theirs = pair.event.away.squad.words, pair.match.away.squad.words
    return f"both {ours}" if ours == theirs else f"{ours} against {theirs}"


def _agreement(side: TeamEvidence) -> str:
    """How far the names agree; where they do not and earlier links know better, just that."""
    if side.known and side.names.degree < _ALIKE:
        return "known"
    return _degree(side) if side.names.degree else "nothing in common"


def _degree(side: TeamEvidence) -> str:
    return f"{min(1.0, side.names.degree):.2f}"


def _side(ours: Team, theirs: Team, side: TeamEvidence, company: Company | None) -> str:
    pair = f'"{ours.name.text}" and "{theirs.name.text}"'
    if side.known:
        day = company.learnt(ours, theirs) if company else None
        return f"{pair}: known from {f'a link of {day:%d %b %Y}' if day else 'other links of this list'}"
    if side.names.hinted:
        return f"{pair}: an initial in common"
    return f"{pair}: names agree to {_degree(side)}" if side.names.degree else f"{pair}: nothing in common"


def _learnt(pair: Pair, company: Company | None) -> str:
    sides = zip(pair.event.sides(pair.match), (pair.home, pair.away), strict=True)
    known = [teams for teams, side in sides if side.known]
    days = [company.learnt(*teams) for teams in known if company]
    latest = max((day for day in days if day), default=None)
    if latest:
        return f" (learnt {latest:%d %b})"
    return " (by other links of this list)" if known else ""


def _league(pair: Pair, company: Company | None) -> str:
    links = company.league_links(pair.event, pair.match) if company else 0
    counted = f" ({links} {'link' if links == 1 else 'links'})" if links else ""
    return f"{pair.event.competition.name} = {pair.match.competition.short}{counted}"


def _next_best(pair: Pair) -> str:
    teams = f"{pair.match.home.name.text} v {pair.match.away.name.text}"
    if pair.squad < 0:
        return f"{teams}: squad differs"
    if pair.apart_s > HOURS_OFF_S:
        return f"{teams}: {apart_words(pair.apart_s)}"
    return f"{teams}: names {_degree(pair.home)} / {_degree(pair.away)}"
