"""From a filter's bet type, a name such as `Over 2.50 goals`, to a selection.

`reader` puts together: the tables of `spellings`, compiled by `shapes`, and the halves that `periods` finds.
"""
