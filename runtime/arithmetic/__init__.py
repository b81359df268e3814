"""What the cores compute, bit by bit, without time: numbers and vector instructions, for both engines."""
