"""How often the gate is right, on populations whose truth is known."""
