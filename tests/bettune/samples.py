"""Responses as BetTune's document describes them."""

from syncd.model.bettune import Pair

PAIR = Pair(11583, 1611243)


def sample_match(**changes) -> dict:
    return {
        "id": 1611243,
        "date": "2026-06-06T18:00:00+00:00",
        "finished": False,
        "score": {"home": None, "away": None},
        "country": {"id": 1, "name": "Norway"},
        "tournament": {"id": 2, "name": "Eliteserien"},
        "season": {"id": 3, "name": "2026"},
        "home": {"id": 4, "name": "Bodø/Glimt"},
        "away": {"id": 5, "name": "Brann"},
        **changes,
    }


def sample_filter(**changes) -> dict:
    return {
        "id": 11583,
        "name": "Pinnacle home",
        "sport": {"id": 1, "name": "football"},
        "betType": "Home",
        "status": "approved",
        **changes,
    }


def sample_prediction(**changes) -> dict:
    return {
        "id": 10,
        "filterId": PAIR.filter_id,
        "matchId": PAIR.match_id,
        "odds": "2.150000",
        "source": "api",
        "createdAt": "2026-06-06T12:00:00+00:00",
        "updatedAt": "2026-06-06T14:05:00+02:00",
        **changes,
    }


def listing(*items: dict, **changes) -> dict:
    return {"count": len(items), "items": list(items), **changes}
