"""Stage 2: how often each edge occurs, the subject's visits, and the columns of the links."""
