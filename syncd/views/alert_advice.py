"""Advice on each alert: what syncd does and what its user does, for the page and docs/operations.md.

A test holds the table of that document to these texts. Code is in backticks.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple


class AlertAdvice(NamedTuple):
    """The consequences of an alert."""

    does: str
    """The work of syncd itself."""
    advice: str
    """The work of the user."""


_TEXTS: Final[Mapping[str, AlertAdvice]] = {
    "pinnacle.odds pinnacle.fixtures": AlertAdvice(
        "tries again: after an outage within 10 s as far as the pace allows, after 429 when "
        "Retry-After says (one of more than 15 min cannot be meant: then by the pace), after a "
        "refusal in 30 s, then more and more rarely up to 15 min. A suspect snapshot waits for a "
        "second one that agrees",
        "nothing for an outage. On a refusal: are user name and password right, is the account "
        "active and open to the API? A refusal whose code names the sport closes that sport alone. "
        "On a clock that differs: set this machine's. On 429: does another program, or a second "
        "database, use the account?",
    ),
    "pinnacle.settled pinnacle.leagues": AlertAdvice(
        "goes on without: an event that is absent from snapshots is closed too, two snapshots later",
        "nothing for an outage. `pinnacle.leagues`: events of leagues without a name are not "
        "linked, so look at it if it lasts",
    ),
    "pinnacle.specials pinnacle.special_odds pinnacle.settled_specials": AlertAdvice(
        "after `safety.stale_after` deletes what is priced from specials; all else goes on, double "
        "chance and draw no bet by another derivation if there is one",
        "nothing for an outage; on a refusal: is the account open to specials?",
    ),
    "pinnacle.betting_status pinnacle.inrunning": AlertAdvice(
        "goes on by cutoffs and lists alone; a status that closed betting is believed for an hour",
        "nothing: prices go on without it",
    ),
    "pinnacle.stale": AlertAdvice(
        "deletes everything of that sport, and makes it again when the feed is back; the message "
        "counts what is deleted",
        "see the feed's own alert. If the deletions follow short outages, raise `stale_after`, "
        "aware of what that means",
    ),
    "bettune.refused": AlertAdvice(
        "sends nothing of that kind (catalogue, reads or writes); tries the most urgent request "
        "every 30 s, and the list of filters; resumes by itself. With nothing left to send for two "
        "minutes it is over once BetTune shows its filters; the next request that is refused fires "
        "it again",
        "make a new token in BetTune's settings, put it into the file or key, SIGHUP. Renew PRO",
    ),
    "bettune.away": AlertAdvice(
        "tries again within 30 s; reads back what was on its way",
        "nothing, unless it lasts: predictions cannot be corrected meanwhile",
    ),
    "bettune.limited": AlertAdvice(
        "sends nothing before Retry-After (at most 15 min), or for a whole window; meanwhile the "
        "most urgent delete or raise is tried every minute, and every 30 s if Retry-After is longer "
        "than two minutes, which cannot be meant. If that succeeds the pause is over",
        "does something else use the token? Otherwise lower `bettune.limit`",
    ),
    "bettune.waiting": AlertAdvice(
        "tries the most urgent one every minute; `/readyz` is 503",
        "ask BetTune; `syncd withdraw` or deletion by hand if prices cannot be left as they are",
    ),
    "bettune.headers": AlertAdvice(
        "keeps the limit it had",
        "ask BetTune; set `bettune.limit` to what it says",
    ),
    "sync.refused": AlertAdvice(
        "repeats it, at last every 30 s; where many are refused, the most urgent one as often, and "
        "the others so rarely that all together use a quarter of the limit. After a success the "
        "others follow at once; nothing else waits for them",
        "delete the prediction by hand: `syncd status` and `syncd log --failed` name it",
    ),
    "sync.mass": AlertAdvice(
        "withholds all lowers and creations, deletes and raises go on; requests a fresh snapshot, "
        "and lets falling prices pass if it agrees. Impossible booksums are withheld until they are "
        "gone",
        "compare some of them with Pinnacle. If they are wrong, `syncd withdraw`",
    ),
    "result.": AlertAdvice(
        "takes back what it taught, and has the links that rest on it decided again. Resolved when "
        "a result is corrected, when you decide, and after `matching.results`",
        "compare the two games: the message names them. `syncd reject EVENT MATCH` if it was wrong, "
        "`syncd link EVENT MATCH` if it was right",
    ),
    "link.": AlertAdvice(
        "deletes the predictions of the old match, makes those of the new one. Resolved when the "
        "game ends, when you decide on this event, or when the link is what it was before",
        "look at both: the message names them. `syncd link EVENT MATCH` says which one is right, "
        "and resolves it",
    ),
    "web.tokens": AlertAdvice(
        "checks one a second of that address, two in all; refuses the others with 429, without a check",
        "see the address in the message; keep the port off the open internet. A program with an old "
        "token does this too",
    ),
    "web.connections": AlertAdvice(
        "closes those that are idle longest, so that probes and pages still get through; syncd's "
        "work goes on",
        "nothing, unless it lasts: see whose address it is",
    ),
    "web.descriptors": AlertAdvice(
        "keeps them for the work: accepts no connection until there are more",
        "raise `LimitNOFILE` (systemd), `ulimits` (compose)",
    ),
    "guard.daemon": AlertAdvice(
        "withdraws its predictions by BetTune's API alone",
        "start the daemon again",
    ),
    "guard.withdrawal": AlertAdvice(
        "tries again every minute",
        "look at BetTune; `syncd withdraw --now`",
    ),
    "guard.other_writer": AlertAdvice(
        "the guard does nothing",
        "find the other process",
    ),
    "store": AlertAdvice(
        "tries every second, and goes on at the first success; connections that were made during a "
        "read-only time are replaced",
        "see the message: disk, server, rights. For a lost file see the database",
    ),
    "task.": AlertAdvice(
        "starts this task again, alone, after 1 s, 2 s and so on up to 60 s. A feed whose task "
        "fails is a feed without responses: what rests on it goes stale and is withdrawn. Resolved "
        "when the task has run for a minute",
        "report it, with the traceback of the log",
    ),
    "task.start": AlertAdvice(
        "tries again every few seconds; after five attempts withdraws everything by BetTune's own list",
        "report it, with the traceback of the log",
    ),
    "withdraw_only": AlertAdvice(
        "sends nothing but deletions, from memory or by BetTune's own list; the message counts "
        "them. It stops where another syncd has taken over and writes. As soon as the work can go "
        "on, everything is planned again",
        "see the message: the database, or a bug to report",
    ),
    "record": AlertAdvice(
        "goes on without recording, and tries again with each response; what is missing is counted in the "
        "recording",
        "free space on the disk, or set `record.max_size`; see `syncd record info`",
    ),
    "clock": AlertAdvice(
        "goes on by its own time",
        "set the clock, and let NTP keep it. Other commands, such as `status`, go by this machine's clock",
    ),
    "aliases": AlertAdvice(
        "the names that were read before stay in force. Where there are none since the start, it "
        "works without them: links that rest on them alone wait for review (`link.` and the id), "
        "without predictions. Names that could not be read come into force as soon as the file is "
        "there",
        "put the file back; `syncd config check` says what is wrong. SIGHUP is refused meanwhile",
    ),
    "lease": AlertAdvice(
        "stands by, and takes over within about 20 s of the other's end",
        "nothing",
    ),
}
"""By subjects with the same advice."""

ADVICE: Final[Mapping[str, AlertAdvice]] = {
    subject: advice for subjects, advice in _TEXTS.items() for subject in subjects.split()
}
"""By subject, without the sport, event or task at its end."""

UNKNOWN: Final = AlertAdvice(does="goes on as far as it can", advice="see the message, and the log")

_NUMBER_AT_THE_END: Final = re.compile(r"\.\d+$")


def advice_on(subject: str) -> AlertAdvice:
    """Return what follows an alert, by its subject, such as `pinnacle.odds.29`."""
    kind = _NUMBER_AT_THE_END.sub("", subject)
    group = subject.partition(".")[0] + "."
    return ADVICE.get(kind) or ADVICE.get(f"{kind}.") or ADVICE.get(group) or UNKNOWN
