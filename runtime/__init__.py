"""Opens a program file, loads weights, executes it on the simulated wafer, times and explains it."""
