"""From candidates to links: which are made automatically, which wait for review, and why."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from syncd.matching.block import RankedCandidates, ScoredBlock
from syncd.matching.collective import CollectiveEvidence
from syncd.matching.evidence_text import (
    evidence_of,
    evidence_of_swapped,
    kickoff_text,
    squads_text,
    summary,
)
from syncd.matching.parameters import (
    CERTAIN_SIDE_WEIGHT,
    CLOSE_RIVAL_LEAD,
    HOURS_APART_S,
    MAX_AUTOMATIC_APART_S,
    MAX_REVIEW_CONFIDENCE,
    MIN_AUTO_CONFIDENCE,
    MIN_HINTED_SIDE_WEIGHT,
    MIN_KEEP_CONFIDENCE,
    MIN_REVIEW_CONFIDENCE,
    MIN_SIDE_WEIGHT_HOURS_APART,
)
from syncd.matching.scoring import Candidate
from syncd.model.link import Evidence, Link, LinkState

_ELIMINATED = Evidence(kind="alone", text="all else of this league is linked, these two are left")

REFUTED = "an earlier game under these names had different results in the two lists"


def is_by_elimination(link: Link) -> bool:
    """Return whether an automatic link was made because the rest of its round left nothing else."""
    return any(piece.kind == _ELIMINATED.kind for piece in link.evidence)


def assign(scored: ScoredBlock, now: datetime) -> dict[int, Link]:
    """Return the links of one country by event: automatic ones, at most one a match, and those for review."""
    claims = defaultdict[int, list[RankedCandidates]](list)
    for ranked in scored.by_event.values():
        if ranked.best is not None and not objection(ranked):
            claims[ranked.best.match.id].append(ranked)
    links: dict[int, Link] = {}
    for claimants in claims.values():
        winner = min(claimants, key=_priority)
        link = _link(winner, LinkState.AUTO, scored.collective, now)
        links[link.event_id] = link
    for event_id, ranked in scored.by_event.items():
        if event_id not in links and _is_worth_review(ranked, claims):
            links[event_id] = _link(ranked, LinkState.REVIEW, scored.collective, now)
    return links


def objection(ranked: RankedCandidates) -> str:
    """Return why the best candidate is not linked automatically, as one sentence; "" if nothing objects."""
    best = ranked.best
    if ranked.swapped is not None:
        return "home and away are swapped" if ranked.swapped.better else "home and away may be swapped"
    if best is None:
        return "no match has these teams"
    if best.squad_weight < 0:
        return f"squads differ: {squads_text(best)}"
    return REFUTED if best.refuted else _missing_evidence(ranked, best)


def _missing_evidence(ranked: RankedCandidates, best: Candidate) -> str:
    if not (best.recognised or _is_certain_with_hint(best)):
        weak = "home" if best.home.weight < best.away.weight else "away"
        names = (best.home if weak == "home" else best.away).names
        return f"the {weak} names {'are two clubs' if names.table else 'have too little in common'}"
    if best.apart_s > HOURS_APART_S and not best.existing and not _is_strong_enough_hours_apart(best):
        return f"{kickoff_text(best.apart_s)}: more evidence is needed"
    if best.league_weight < 0 and not best.certain:
        return "the leagues differ: names that are the same are needed"
    if best.partial and not best.existing:
        return "only parts of the names agree: other clubs of these names may be meant"
    if ranked.confidence >= (MIN_KEEP_CONFIDENCE if best.existing else MIN_AUTO_CONFIDENCE):
        return ""
    rival = len(ranked.candidates) > 1 and best.score - ranked.candidates[1].score < CLOSE_RIVAL_LEAD
    return "another match is nearly as likely" if rival else "too little evidence in all"


def _is_certain_with_hint(candidate: Candidate) -> bool:
    """Return whether one side is certain at that minute, and at least a hint speaks for the other."""
    if candidate.unidentified is None:
        return False
    strong, weak = sorted((candidate.home, candidate.away), key=lambda side: -side.weight)
    hint = (weak.names.shared or weak.names.hinted or weak.weight > 0) and not weak.names.doubtful
    return strong.weight >= CERTAIN_SIDE_WEIGHT and hint and weak.weight > MIN_HINTED_SIDE_WEIGHT


def _is_strong_enough_hours_apart(candidate: Candidate) -> bool:
    """Return whether each side is strong: one name contains the other, or lessons know the team.

    Days apart nothing suffices: it may be the postponed listing of a match whose new one is missing.
    """
    if candidate.apart_s > MAX_AUTOMATIC_APART_S:
        return False
    certain = all(
        side.weight >= MIN_SIDE_WEIGHT_HOURS_APART and side.contained
        for side in (candidate.home, candidate.away)
    )
    return certain and candidate.league_weight > 0


def _priority(ranked: RankedCandidates) -> tuple[bool, bool, float, float, int]:
    """Sort twins: the one with prices first, then the linked one, the nearest, the best, the newest."""
    best = ranked.candidates[0]
    return not best.event.priced, not best.existing, best.apart_s, -round(best.score, 3), -best.event.id


def _is_worth_review(ranked: RankedCandidates, taken: Mapping[int, object]) -> bool:
    if ranked.swapped is not None:
        return ranked.swapped.candidate.match.id not in taken
    best = ranked.best
    return best is not None and ranked.confidence >= MIN_REVIEW_CONFIDENCE and best.match.id not in taken


def _link(
    ranked: RankedCandidates, state: LinkState, collective: CollectiveEvidence | None, now: datetime
) -> Link:
    automatic = state is LinkState.AUTO
    candidate, confidence = ranked.candidates[0], ranked.confidence
    if ranked.swapped:
        candidate, confidence = ranked.swapped.candidate, ranked.swapped.confidence
    runner_up = next((other for other in ranked.candidates if other.match.id != candidate.match.id), None)
    pieces = (evidence_of_swapped if ranked.swapped else evidence_of)(candidate, collective)
    reason = summary(candidate, collective, runner_up) if automatic else objection(ranked)
    if automatic and collective is not None and collective.is_eliminated(candidate.event, candidate.match):
        pieces, reason = (*pieces, _ELIMINATED), f"{reason}; {_ELIMINATED.text}"
    return Link(
        event_id=candidate.event.id,
        match_id=candidate.match.id,
        state=state,
        confidence=confidence if automatic else min(confidence, MAX_REVIEW_CONFIDENCE),
        evidence=pieces,
        reason=reason,
        runner_up=runner_up.match.id if runner_up else None,
        decided_at=now,
    )
