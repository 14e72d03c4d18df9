"""Objections to a link: the reason why a candidate waits for review, and the evidence that would link it."""

from enum import StrEnum
from typing import NamedTuple

from syncd.matching.block import RankedCandidates
from syncd.matching.evidence_text import kickoff_text, squads_text
from syncd.matching.parameters import (
    CERTAIN_SIDE_WEIGHT,
    CLOSE_RIVAL_LEAD,
    HOURS_APART_S,
    MAX_AUTOMATIC_APART_S,
    MIN_AUTO_CONFIDENCE,
    MIN_HINTED_SIDE_WEIGHT,
    MIN_KEEP_CONFIDENCE,
    MIN_SIDE_WEIGHT_HOURS_APART,
)
from syncd.matching.scoring import Candidate


class ObjectionKind(StrEnum):
    """The kind of reason why a candidate is not linked automatically."""

    SWAPPED = "swapped"
    NO_MATCH = "no match"
    SQUADS = "squads"
    REFUTED = "refuted"
    TWO_CLUBS = "two clubs"
    NAMESAKES = "namesakes"
    ONE_TEAM = "one team"
    BOTH_TEAMS = "both teams"
    HOURS_APART = "hours apart"
    LEAGUES = "leagues"
    PARTS = "parts of names"
    RIVAL = "rival"
    LITTLE = "little"


_BY_USER = "or link one game of the two by hand, or add an alias"
NEEDED = {
    ObjectionKind.SWAPPED: "only you can say that the lists exchange home and away: link with --force",
    ObjectionKind.NO_MATCH: "the match has to be listed",
    ObjectionKind.SQUADS: (
        "only you can say that the two are one squad: link two of their games, or add an alias"
    ),
    ObjectionKind.REFUTED: "only you can say that the names are one team after all: link the two by hand",
    ObjectionKind.TWO_CLUBS: "only you can overrule the table of clubs: link by hand, or add an alias",
    ObjectionKind.NAMESAKES: f"a second game in which both names have the same opponent; {_BY_USER}",
    ObjectionKind.ONE_TEAM: (
        "the rest of the round: at least three other games of this league linked, and hardly any without "
        f"a twin; or a second game with the same opponents; {_BY_USER}"
    ),
    ObjectionKind.BOTH_TEAMS: "another game that shows who one of the teams is; or link this one by hand",
    ObjectionKind.HOURS_APART: "the same kick-off in both lists; or link the two by hand",
    ObjectionKind.LEAGUES: "other links of this league with this tournament; or an alias of the league",
    ObjectionKind.PARTS: f"a second game of the two under these names; {_BY_USER}",
    ObjectionKind.RIVAL: "that the other match finds its own event; or link or reject one of the two",
    ObjectionKind.LITTLE: "more links of this league, or a nearer kick-off; or link the two by hand",
}
"""By kind, the evidence that would link such a candidate."""


class Objection(NamedTuple):
    """The reason why the best candidate is not linked automatically, as one sentence, and its kind."""

    kind: ObjectionKind
    reason: str

    @property
    def needed(self) -> str:
        """The evidence that would link it."""
        return NEEDED[self.kind]


def objection(ranked: RankedCandidates) -> Objection | None:
    """Return why the best candidate is not linked automatically; None if nothing objects."""
    best = ranked.best
    if ranked.swapped is not None:
        better = ranked.swapped.better
        text = "home and away are swapped" if better else "home and away may be swapped"
        return Objection(ObjectionKind.SWAPPED, text)
    if best is None:
        return Objection(ObjectionKind.NO_MATCH, "no match has these teams")
    if best.squad_weight < 0:
        return Objection(ObjectionKind.SQUADS, f"squads differ: {squads_text(best)}")
    if best.refuted:
        text = "an earlier game under these names had different results in the two lists"
        return Objection(ObjectionKind.REFUTED, text)
    return _of_names(best) or _of_circumstances(best) or _of_confidence(ranked, best)


def _of_names(best: Candidate) -> Objection | None:
    if best.recognised or _is_certain_with_hint(best):
        return None
    weak, side = ("home", best.home) if best.home.weight < best.away.weight else ("away", best.away)
    if side.names.table and not side.names.shared:
        return Objection(ObjectionKind.TWO_CLUBS, f"the {weak} names are two clubs")
    if best.unidentified_within(HOURS_APART_S) is None:
        return Objection(ObjectionKind.BOTH_TEAMS, f"the {weak} names have too little in common")
    if side.names.doubtful:
        return Objection(ObjectionKind.NAMESAKES, f"the {weak} names may be two clubs of a like name")
    return Objection(ObjectionKind.ONE_TEAM, f"the {weak} names have too little in common")


def _of_circumstances(best: Candidate) -> Objection | None:
    if best.apart_s > HOURS_APART_S and not best.existing and not _is_strong_enough_hours_apart(best):
        return Objection(ObjectionKind.HOURS_APART, f"{kickoff_text(best.apart_s)}: more evidence is needed")
    if best.league_weight < 0 and not best.certain:
        return Objection(ObjectionKind.LEAGUES, "the leagues differ: names that are the same are needed")
    if best.partial and not best.existing:
        alike = best.home.alike and best.away.alike
        what = "the names are only written alike" if alike else "only parts of the names agree"
        text = f"{what}: other clubs of these names may be meant"
        return Objection(ObjectionKind.PARTS, text)
    return None


def _of_confidence(ranked: RankedCandidates, best: Candidate) -> Objection | None:
    if ranked.confidence >= (MIN_KEEP_CONFIDENCE if best.existing else MIN_AUTO_CONFIDENCE):
        return None
    if len(ranked.candidates) > 1 and best.score - ranked.candidates[1].score < CLOSE_RIVAL_LEAD:
        return Objection(ObjectionKind.RIVAL, "another match is nearly as likely")
    return Objection(ObjectionKind.LITTLE, "too little evidence in all")


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
