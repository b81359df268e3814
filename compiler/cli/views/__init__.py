"""What people see on stderr: passes ticking by, the floor plan, tokens, where their cycles went."""
