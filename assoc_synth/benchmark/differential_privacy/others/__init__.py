"""Scripts that run private generators of others, in environments of their own."""
