"""One column of each role: from the user's dtype to the table's arrays, and back in kind."""
