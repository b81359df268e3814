"""Collectives on lines and rectangles of PEs: plans, reduce trees, closed forms. Free of any IR."""
