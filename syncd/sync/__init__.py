"""From what BetTune ought to hold to the requests that make it so."""
