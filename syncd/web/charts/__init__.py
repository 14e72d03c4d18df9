"""Charts as SVG text: a time axis, step lines, marks and columns, with a table that says the same.

Pure: values in, text out. Colours come from classes of the page's style, since its policy allows no other.
"""
