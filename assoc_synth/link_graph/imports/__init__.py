"""Graphs from elsewhere: one file per format, each read into a frame of the columns `rows.COLUMNS`."""
