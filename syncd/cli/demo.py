"""`syncd demo`: the real daemon against a simulated Pinnacle and BetTune."""
