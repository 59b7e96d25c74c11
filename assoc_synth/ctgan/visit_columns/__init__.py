"""The columns of visits: what all links of a visit share, drawn when its links are known."""
