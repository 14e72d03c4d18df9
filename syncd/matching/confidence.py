"""From weights of evidence to probabilities: every pair has rivals on both sides, and none may be right."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from heapq import nlargest

from syncd.matching.pairs import HOURS_OFF_S, SAME_TIME_S, Pair

_HIGHEST_WEIGHT = 40.0
_MOST_RIVALS = 100
"""Of more the weaker ones are left out, so that a list of nothing but twins is decided in time."""
HIGHEST = 0.9999
"""Only a person's word is certain."""


def confidences(pairs: Mapping[int, list[Pair]]) -> Iterator[tuple[int, float]]:
    """For each event, how likely the first of its pairs (best first) is right; 0 where it has none."""
    rivals = defaultdict[int, list[Pair]](list)
    for found in pairs.values():
        for pair in found:
            rivals[pair.match.id].append(pair)
    for match_id, many in rivals.items():
        if len(many) > _MOST_RIVALS:
            rivals[match_id] = nlargest(_MOST_RIVALS, many, key=lambda pair: pair.weight)
    for event_id, found in pairs.items():
        yield event_id, _confidence(found, rivals[found[0].match.id]) if found else 0.0


def _confidence(found: list[Pair], rivals: list[Pair]) -> float:
    best = found[0]
    others = [pair for pair in rivals if pair.event.id != best.event.id and _is_rival(pair, best)]
    against = 1.0 + sum(_odds(pair) for pair in (*found[1:], *others))
    return min(HIGHEST, _odds(best) / (_odds(best) + against))


def _is_rival(other: Pair, best: Pair) -> bool:
    """Whether another event's pair speaks against this one.

    A twin is the same game listed twice. And of two games of the same teams it is the one at its minute.
    """
    if other.event.is_twin_of(best.event):
        return False
    at_its_minute = best.apart_s <= SAME_TIME_S and other.apart_s > HOURS_OFF_S
    return not (at_its_minute and other.event.same_teams(best.event))


def of_weight(weight: float) -> float:
    """The probability behind log odds."""
    return min(HIGHEST, 1.0 / (1.0 + math.exp(-max(-_HIGHEST_WEIGHT, min(_HIGHEST_WEIGHT, weight)))))


def _odds(pair: Pair) -> float:
    return math.exp(min(_HIGHEST_WEIGHT, pair.weight))
