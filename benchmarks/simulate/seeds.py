"""Seeds that once failed, each with what it found: run them again after every change of the daemon.

`python -m benchmarks.simulate.seeds` runs them all.
"""

import subprocess
import sys

FAILED: tuple[tuple[str, str], ...] = (
    (
        "--seed 1 --days 0.1 --leagues 1 --faults bettune.delete_400",
        "a DELETE that was refused once with 400 was tried again after 15 minutes",
    ),
    (
        "--seed 1 --days 0.1 --leagues 1 --faults bettune.retry_after_absurd",
        "`Retry-After` of year 9999 with an offset ended the writer",
    ),
    (
        "--seed 2 --days 0.2 --leagues 1 --faults clock.*",
        "housekeeping died of two counts with one name; after a clock that was a year ahead BetTune's "
        "matches were not read again",
    ),
    (
        "--seed 2 --days 0.5 --leagues 1 --faults store.*",
        "while the store was locked, full or read-only nothing was withdrawn",
    ),
    (
        "--seed 5 --days 0.2 --guard --faults process.dead,process.hung",
        "what the guard had withdrawn was taken for deleted by hand, and not made again",
    ),
    (
        "--seed 5 --days 0.15 --guard --faults store.deleted",
        "guard and daemon withdrew at the same moment, and broke BetTune's limit together; reads created an "
        "empty file in the place of the deleted one, and tasks died of it",
    ),
    (
        "--seed 5 --days 0.1 --faults store.damaged",
        "each task died of a file that was damaged under it, again and again",
    ),
    (
        "--seed 10005 --days 0.75 --only 25,26",
        "a start that could not write the file ended at each attempt, and withdrew nothing",
    ),
    (
        "--seed 10005 --days 0.5 --leagues 2 --guard --only 14,15",
        "guard and daemon began to write in the second in which BetTune took a search again; after a 429 one "
        "request was tried, and all others followed at once",
    ),
    (
        "--seed 12 --days 0.1 --leagues 1 --guard "
        "--faults bettune.empty,bettune.garbled,bettune.html,bettune.cut",
        "an outage in which only writes had failed did not end with nothing left to write, and the guard "
        "withdrew everything beside a daemon that had nothing else to do",
    ),
    (
        "--seed 20001 --days 0.45 --leagues 1 --guard",
        "the tries of a guard during an outage of BetTune, and the daemon's burst after it, were together "
        "beyond the limit",
    ),
    (
        "--seed 20009 --days 1.15 --leagues 1 --guard",
        "the same, where one area was back before the others: what was left to a guard was left only when "
        "all were",
    ),
    (
        "--seed 20014 --days 0.07 --leagues 1 --guard --pace default",
        "empty bodies of Pinnacle's confirmed prices until a snapshot was empty too, and from then on for "
        "`stale_after`; a guard withdrew for a daemon that had withdrawn its specials and lacked nothing "
        "else, and both broke BetTune's limit together",
    ),
    (
        "--seed 3763 --days 0.08 --leagues 2 --guard --faults bettune.lost,pinnacle.lost --only 0,1",
        "an outage of BetTune ended while Pinnacle was away: the guard read all lists before it let the "
        "daemon be the first, and both were beyond the limit",
    ),
    (
        "--seed 32 --days 0.4 --leagues 1 --guard "
        "--faults store.full,store.locked,store.readonly,bettune.403,pinnacle.down,process.dead --only 4,5",
        "reads that were refused, and then none was left to send: not ready until the next one, the guard "
        "withdrew, and the daemon gave up what it had taken up again while a delete of it was on its way",
    ),
)
"""The options, and what was found."""

OPEN: dict[str, str] = {
    "--seed 20028 --days 2 --leagues 1 --guard": (
        "four searches were sent 6 to 9 s too early, of daemon and guard together; not looked into yet"
    ),
}
"""The options of new seeds that fail, and why: `many` leaves them out, and says so."""


def main() -> int:
    failed = 0
    for options, found in FAILED:
        print(f"\n== {options}: {found}", flush=True)
        command = [sys.executable, "-m", "benchmarks.simulate", *options.split()]
        failed += subprocess.run(command, check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
