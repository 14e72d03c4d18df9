"""From candidates to links."""

from collections import defaultdict
from collections.abc import Mapping

from syncd.matching.block import Candidates
from syncd.matching.pairs import Pair
from syncd.model.link import Link, LinkState

ACCEPT = 0.99
REVIEW = 0.05


def decide(found: Mapping[int, Candidates]) -> dict[int, Link]:
    claims = defaultdict(list)
    for event_id, c in found.items():
        if c.pairs and c.confidence >= ACCEPT and acceptable(c):
            claims[c.pairs[0].match.id].append(c)
    links = {}
    for match_id, cs in claims.items():
        best = min(cs, key=lambda c: (not c.pairs[0].event.priced, c.pairs[0].apart_s, -round(c.pairs[0].weight, 3), -c.pairs[0].event.id))
        p = best.pairs[0]
        links[p.event.id] = Link(event_id=p.event.id, match_id=match_id, state=LinkState.AUTO, confidence=best.confidence,
            runner_up=best.pairs[1].match.id if len(best.pairs) > 1 else None)
    taken = {l.match_id for l in links.values()}
    for event_id, c in found.items():
        if event_id in links: continue
        p = c.swapped or (c.pairs[0] if c.pairs else None)
        if p is None or p.match.id in taken: continue
        if c.swapped is None and (c.confidence < REVIEW): continue
        links[event_id] = Link(event_id=event_id, match_id=p.match.id, state=LinkState.REVIEW, confidence=c.confidence,
            runner_up=next((q.match.id for q in c.pairs if q.match.id != p.match.id), None))
    return links


def acceptable(c: Candidates) -> bool:
    p = c.pairs[0]
    if not (p.recognised or hinted(p)) or p.squad < -1 or c.swapped is not None:
        return False
    if p.apart_s > 3 * 3600:
        return p.home.weight >= 2 and p.away.weight >= 2 and p.league > 0
    return True


def hinted(p: Pair) -> bool:
    """One side beyond doubt, the other shares a telling word though the rest of its names disagree."""
    if p.stranger is None or p.league <= 0:
        return False
    strong, weak = (p.home, p.away) if p.home.weight >= p.away.weight else (p.away, p.home)
    return strong.weight >= 4 and (weak.names.shared or weak.names.hinted) and weak.weight > -1.5
