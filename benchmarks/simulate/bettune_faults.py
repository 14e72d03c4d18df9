"""What BetTune may do."""

from collections.abc import Callable, Iterator
from decimal import ROUND_FLOOR, Decimal
from random import Random
from typing import Any

from benchmarks.simulate import absurd, headers
from benchmarks.simulate.fault_kind import (
    LONG,
    SHORT,
    End,
    FaultKind,
    Stage,
    about,
    down,
    flaky,
    injected,
    slow,
    spoilt,
    whole,
)
from benchmarks.simulate.paces import MINUTE_S, RESNAPSHOT_S
from benchmarks.simulate.spoilers import Spoil, refusal, with_headers


def _keeps_other(stage: Stage, rng: Random, _: float) -> End:
    account, cap = stage.sandbox.bettune.account, rng.random() < 0.5
    real = account._set

    def keep(pair: Any, odds: Decimal, source: Any) -> Any:
        other = min(odds, Decimal(3)) if cap else odds.quantize(Decimal("0.01"), rounding=ROUND_FLOOR)
        return real(pair, max(other, Decimal("1.01")) if source == "api" else odds, source)

    account._set = keep  # type: ignore[method-assign]
    stage.forgive_values(forgive=True)

    def end() -> None:
        account._set = real  # type: ignore[method-assign]
        stage.forgive_values(forgive=False)

    return end


def _limit_learnt(rng: Random) -> Spoil:
    requests, window = rng.choice((("60", "60000"), ("1", "86400"), ("0", "60"), ("1000000", "1")))
    return with_headers(X_RateLimit_Limit=requests, X_RateLimit_Window=window)


def bettune() -> Iterator[FaultKind]:
    for kind in ("500", "503", "429", "hang", "reset", "lost", "cut", "garbled", "html", "301", "empty"):
        more = {"hang_for": 600.0} if kind == "hang" else {}
        yield FaultKind(
            name=f"bettune.{kind}", begin=injected("bettune", kind, **more), lengths=LONG, extra=whole
        )
    for kind in ("401", "403"):
        yield FaultKind(name=f"bettune.{kind}", begin=injected("bettune", kind), lengths=LONG, extra=whole)
    yield FaultKind(name="bettune.down", begin=down("bettune"), lengths=LONG, extra=whole)
    yield FaultKind(name="bettune.slow", begin=slow("bettune"), lengths=LONG, extra=whole)
    yield FaultKind(name="bettune.flaky", begin=spoilt("bettune", flaky), lengths=LONG, extra=whole)
    reads = ("*", "*/matches", "*/prediction-filters", "*/search", "*/prediction")
    spoils: dict[str, Callable[[Random], Spoil]] = {
        "absurd_value": absurd.one_value,
        "absurd_name": absurd.one_name,
        "absurd_date": headers.dates,
        "wrong_date": headers.wrong_date,
        "odd_headers": headers.odd_headers,
        "long_header": headers.long_header,
    }
    for name, make in spoils.items():
        yield FaultKind(
            name=f"bettune.{name}",
            begin=spoilt("bettune", make, reads),
            lengths=LONG,
            extra=whole,
            aftermath=RESNAPSHOT_S,
        )
    once: dict[str, tuple[Spoil, str, int]] = {
        "delete_400": (refusal(400, "bad_request"), "DELETE", 1),
        "delete_409": (refusal(409, "conflict"), "DELETE", 3),
        "put_400": (refusal(400, "odds_invalid"), "PUT", 5),
        "put_404": (refusal(404, "match_not_found"), "PUT", 1),
        "retry_after_day": (refusal(429, "rate_limit_exceeded", Retry_After="86400"), "*", 1),
        "retry_after_absurd": (
            refusal(429, "rate_limit_exceeded", Retry_After="Fri, 31 Dec 9999 23:59:59 -0100"),
            "*",
            1,
        ),
    }
    for name, (spoil, method, times) in once.items():
        begin = spoilt("bettune", lambda _, s=spoil: s, before=True, method=method, times=times)  # type: ignore[misc]
        yield FaultKind(
            name=f"bettune.{name}", begin=begin, lengths=(600.0, 1800.0), extra=about(3 * MINUTE_S)
        )
    yield FaultKind(
        name="bettune.wrong_search",
        begin=spoilt("bettune", absurd.wrong_search, ("*/search",), times=1),
        lengths=(600.0, 1800.0),
        extra=about(3 * MINUTE_S),
    )
    yield FaultKind(
        name="bettune.limit_as_400",
        begin=spoilt("bettune", lambda _: refusal(400, "rate_limit_exceeded"), before=True),
        lengths=SHORT,
        extra=whole,
    )
    yield FaultKind(
        name="bettune.limit_headers",
        begin=spoilt("bettune", _limit_learnt, times=3),
        lengths=LONG,
        extra=about(3 * MINUTE_S),
        aftermath=3600,
    )
    yield FaultKind(
        name="bettune.keeps_other",
        begin=_keeps_other,
        lengths=LONG,
        extra=about(3 * MINUTE_S),
        aftermath=1800,
    )
