"""From Pinnacle's prices to Min Odds: pure, without I/O, clock or logger.

`bet_types` reads a filter's bet type into a `selection`, which people write in the words of `grammar`.
`quote` finds Pinnacle's price for it on a `board`, among `straight` markets or `specials`; `margin` takes
the bookmaker's margin out; `min_odds` puts them together, and `reference` starts from an earlier price.
"""
