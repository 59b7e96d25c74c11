"""Reports: facts first, then what people look at."""
