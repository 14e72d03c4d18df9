"""From Pinnacle's prices to Min Odds: pure, without I/O, clock or logger.

`bet_types` reads a filter's bet type into a `selection`, which users write in the `grammar`. `derivation`
finds Pinnacle's price for it on a `board`, among `straight` markets or `specials`; `margin` removes the
bookmaker's margin; `min_odds` combines them, and `reference` starts from an earlier price.
"""
