"""From Pinnacle's prices to Min Odds: pure, without I/O, clock or logger.

`bet_types` reads a filter's bet type into a `selection`; `quote` finds Pinnacle's price for it on a
`board` of markets; `margin` takes the bookmaker's margin out; `min_odds` puts them together.
"""
