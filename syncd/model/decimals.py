"""Decimals as text: odds and lines, without an exponent and without useless zeros."""

from decimal import Decimal


def format_decimal(value: Decimal) -> str:
    """Odds or a line in its shortest form: `2.15`, `100`, `-1.5`."""
    return f"{value.normalize():f}"


def format_odds(value: Decimal) -> str:
    """Odds with all their digits, and at least two decimals: `2.10`."""
    whole, _, decimals = f"{value:f}".partition(".")
    return f"{whole}.{decimals.rstrip('0'):0<2}"


def format_signed(value: Decimal) -> str:
    """A handicap with its sign: `-0.5`, `+0.25`, `0`."""
    return f"{value.normalize():+f}" if value else "0"
