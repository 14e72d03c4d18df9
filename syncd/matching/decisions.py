"""From candidates to links: what is linked by itself, what waits for a person, and why."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from syncd.matching import explain
from syncd.matching.block import Candidates, Verdict
from syncd.matching.company import Company
from syncd.matching.kickoffs import apart_words
from syncd.matching.pairs import HOURS_OFF_S, Pair
from syncd.model.link import Evidence, Link, LinkState

ACCEPT = 0.99
KEEP = 0.9
"""A link that stands is kept down to here, so that it does not flap around `ACCEPT`."""
REVIEW = 0.05
_STRONG_SIDE = 3.0
_WEAKEST_SIDE = -1.5
_EACH_SIDE_WHEN_FAR = 2.0
_NEARLY_AS_LIKELY = 2.0
_DOUBTED = 0.98
"""What is not linked by itself claims no more: where games were changed on purpose, the sum was too sure."""
_ALONE = Evidence(kind="alone", text="all else of this league is linked, these two are left")


def rests_on_company(link: Link) -> bool:
    """Whether an automatic link was made because the rest of its round left nothing else."""
    return any(piece.kind == "alone" for piece in link.evidence)


def doubt(candidates: Candidates) -> str:
    """Why the best pair is not linked by itself, as one sentence; empty where nothing speaks against it."""
    pair = candidates.best
    if candidates.swapped is not None:
        return "home and away are swapped" if candidates.swapped.better else "home and away may be swapped"
    if pair is None:
        return "no match has these teams"
    if pair.squad < 0:
        return f"squads differ: {explain.squads(pair)}"
    return _too_little(candidates, pair)


def _too_little(candidates: Candidates, pair: Pair) -> str:
    if not (pair.recognised or _one_side_beyond_doubt(pair)):
        weak = "home" if pair.home.weight < pair.away.weight else "away"
        return f"the {weak} names have too little in common"
    if pair.apart_s > HOURS_OFF_S and not pair.held and not _strong_enough_for_hours(pair):
        return f"{apart_words(pair.apart_s)}: more evidence is needed"
    if pair.league < 0 and not pair.certain:
        return "the leagues differ: names that are the same are needed"
    if candidates.confidence >= (KEEP if pair.held else ACCEPT):
        return ""
    rival = len(candidates.pairs) > 1 and pair.weight - candidates.pairs[1].weight < _NEARLY_AS_LIKELY
    return "another match is nearly as likely" if rival else "too little evidence in all"


def _one_side_beyond_doubt(pair: Pair) -> bool:
    """One side certain at that minute, and at least a hint for the other: a telling word, or its initial."""
    if pair.stranger is None:
        return False
    strong, weak = sorted((pair.home, pair.away), key=lambda side: -side.weight)
    hint = weak.names.shared or weak.names.hinted or weak.weight > 0
    return strong.weight >= _STRONG_SIDE and hint and weak.weight > _WEAKEST_SIDE


def _strong_enough_for_hours(pair: Pair) -> bool:
    """Hours off, each side must be certain: one name contains the other, or earlier links know the team."""
    certain = all(side.weight >= _EACH_SIDE_WHEN_FAR and side.whole for side in (pair.home, pair.away))
    return certain and pair.league > 0


def decide(verdict: Verdict, now: datetime) -> dict[int, Link]:
    """The links of one country: automatic ones, at most one for each match, and those that wait."""
    claims = defaultdict[int, list[Candidates]](list)
    for candidates in verdict.candidates.values():
        if candidates.best is not None and not doubt(candidates):
            claims[candidates.best.match.id].append(candidates)
    links: dict[int, Link] = {}
    for rivals in claims.values():
        winner = min(rivals, key=_standing)
        link = _link(winner, LinkState.AUTO, verdict.company, now)
        links[link.event_id] = link
    for event_id, candidates in verdict.candidates.items():
        if event_id not in links and _worth_a_look(candidates, claims):
            links[event_id] = _link(candidates, LinkState.REVIEW, verdict.company, now)
    return links


def _standing(candidates: Candidates) -> tuple[bool, bool, float, float, int]:
    """Of twins the one with prices wins, then the one that stands, the nearest, the better founded."""
    pair = candidates.pairs[0]
    return not pair.event.priced, not pair.held, pair.apart_s, -round(pair.weight, 3), -pair.event.id


def _worth_a_look(candidates: Candidates, taken: Mapping[int, object]) -> bool:
    if candidates.swapped is not None:
        return candidates.swapped.pair.match.id not in taken
    pair = candidates.best
    return pair is not None and candidates.confidence >= REVIEW and pair.match.id not in taken


def _link(candidates: Candidates, state: LinkState, company: Company | None, now: datetime) -> Link:
    swapped = candidates.swapped
    pair, confidence = swapped[:2] if swapped else (candidates.pairs[0], candidates.confidence)
    confidence = confidence if state is LinkState.AUTO else min(confidence, _DOUBTED)
    runner_up = next((other for other in candidates.pairs if other.match.id != pair.match.id), None)
    automatic = state is LinkState.AUTO
    words = explain.evidence_swapped if candidates.swapped else explain.evidence
    alone = automatic and company is not None and company.eliminated(pair.event, pair.match)
    why = explain.summary(pair, company, runner_up) if automatic else doubt(candidates)
    return Link(
        event_id=pair.event.id,
        match_id=pair.match.id,
        state=state,
        confidence=confidence,
        evidence=(*words(pair, company), _ALONE) if alone else words(pair, company),
        reason=f"{why}; {_ALONE.text}" if alone else why,
        runner_up=runner_up.match.id if runner_up else None,
        decided_at=now,
    )
