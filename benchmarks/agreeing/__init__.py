"""What the agreement benchmark is made of."""
