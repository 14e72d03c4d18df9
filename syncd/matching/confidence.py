"""From weights of evidence to probabilities: every pair has rivals on both sides, and none may be right."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping

from syncd.matching.pairs import Pair

_HIGHEST_WEIGHT = 40.0
HIGHEST = 0.9999
"""Only a person's word is certain."""


def confidences(pairs: Mapping[int, list[Pair]]) -> Iterator[tuple[int, float]]:
    """For each event, how likely the first of its pairs (best first) is right; 0 where it has none."""
    rivals = defaultdict[int, list[Pair]](list)
    for found in pairs.values():
        for pair in found:
            rivals[pair.match.id].append(pair)
    for event_id, found in pairs.items():
        yield event_id, _confidence(found, rivals[found[0].match.id]) if found else 0.0


def _confidence(found: list[Pair], rivals: list[Pair]) -> float:
    best = found[0]
    # A twin is the same game listed twice: it does not speak against this pair.
    others = [
        pair for pair in rivals if pair.event.id != best.event.id and not pair.event.is_twin_of(best.event)
    ]
    against = 1.0 + sum(_odds(pair) for pair in (*found[1:], *others))
    return min(HIGHEST, _odds(best) / (_odds(best) + against))


def of_weight(weight: float) -> float:
    """The probability behind log odds."""
    return min(HIGHEST, 1.0 / (1.0 + math.exp(-max(-_HIGHEST_WEIGHT, min(_HIGHEST_WEIGHT, weight)))))


def _odds(pair: Pair) -> float:
    return math.exp(min(_HIGHEST_WEIGHT, pair.weight))
