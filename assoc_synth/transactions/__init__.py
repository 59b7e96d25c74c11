"""Tables of subject, verb, object: reading, naming, writing them, and giving columns back as they came."""
