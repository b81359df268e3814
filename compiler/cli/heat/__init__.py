"""Heat maps of the wafer: what they show, and the files that they are written to."""
