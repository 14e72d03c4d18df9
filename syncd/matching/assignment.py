"""From candidates to links: which are made automatically, which wait for review, and why."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from syncd.matching.block import RankedCandidates, ScoredBlock
from syncd.matching.collective import CollectiveEvidence
from syncd.matching.evidence_text import (
    evidence_of,
    evidence_of_swapped,
    summary,
)
from syncd.matching.objections import objection
from syncd.matching.parameters import MAX_REVIEW_CONFIDENCE, MIN_REVIEW_CONFIDENCE
from syncd.model.link import Evidence, Link, LinkState

_ELIMINATED = Evidence(kind="alone", text="all else of this league is linked, these two are left")


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
    against = None if automatic else objection(ranked)
    reason = against.reason if against else summary(candidate, collective, runner_up)
    if against:
        pieces = (*pieces, Evidence(kind="needed", text=against.needed))
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
