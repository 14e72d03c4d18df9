"""From scores to probabilities: every candidate has rivals on both sides, and none of them may be right."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from heapq import nlargest

from syncd.matching.parameters import (
    HOURS_APART_S,
    MAX_CONFIDENCE,
    MAX_RIVALS,
    MAX_SCORE,
    SAME_KICKOFF_S,
)
from syncd.matching.scoring import Candidate


def confidences(ranked: Mapping[int, list[Candidate]]) -> Iterator[tuple[int, float]]:
    """Yield each event with the probability that the first of its candidates (best first) is right.

    The candidate's odds are set against those of all its rivals and against 1 for "none of them". The
    probability is 0 for an event without candidates.
    """
    rivals = defaultdict[int, list[Candidate]](list)
    for candidates in ranked.values():
        for candidate in candidates:
            rivals[candidate.match.id].append(candidate)
    for match_id, many in rivals.items():
        if len(many) > MAX_RIVALS:
            rivals[match_id] = nlargest(MAX_RIVALS, many, key=lambda candidate: candidate.score)
    for event_id, candidates in ranked.items():
        yield event_id, _confidence(candidates, rivals[candidates[0].match.id]) if candidates else 0.0


def _confidence(candidates: list[Candidate], rivals: list[Candidate]) -> float:
    best = candidates[0]
    others = [rival for rival in rivals if rival.event.id != best.event.id and _competes(rival, best)]
    against = 1.0 + sum(_odds(candidate) for candidate in (*candidates[1:], *others))
    return min(MAX_CONFIDENCE, _odds(best) / (_odds(best) + against))


def _competes(other: Candidate, best: Candidate) -> bool:
    """Return whether another event's candidate for the match speaks against this one.

    A twin does not, it is the same game listed twice. Nor does another game of the same teams hours off, if
    this event has the match's time.
    """
    if other.event.is_twin_of(best.event):
        return False
    best_on_time = best.apart_s <= SAME_KICKOFF_S and other.apart_s > HOURS_APART_S
    return not (best_on_time and other.event.same_teams(best.event))


def probability(score: float) -> float:
    """Return the probability of log odds (nats), without rivals."""
    return min(MAX_CONFIDENCE, 1.0 / (1.0 + math.exp(-max(-MAX_SCORE, min(MAX_SCORE, score)))))


def _odds(candidate: Candidate) -> float:
    return math.exp(min(MAX_SCORE, candidate.score))
