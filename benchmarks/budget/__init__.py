"""The scarce thing is requests: orders of writing compared on a generated day of prices, in virtual time."""
