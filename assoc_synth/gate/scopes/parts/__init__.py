"""The parts that scopes are made of, one kind of class each."""
