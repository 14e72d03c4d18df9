"""What syncd reaches and how fast, measured by hand with `make bench`."""
