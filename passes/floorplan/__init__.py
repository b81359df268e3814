"""The floorplanner: shapes and places of kernels on a wafer. Plain data in, plain data out; no IR."""
