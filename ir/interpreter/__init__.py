"""Reference interpreters: what a module computes, level by level, in plain NumPy."""
