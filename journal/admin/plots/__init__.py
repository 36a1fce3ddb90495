"""Plots drawn on the server: what is where is worked out here, templates only write it down as SVG.

Every plot has a title, a description and the same facts as a table; no meaning is carried by colour alone.
"""
