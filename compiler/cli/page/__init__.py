"""The page `index.html` in a folder of dumps: steps through the passes, without a network."""
