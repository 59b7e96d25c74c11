"""What the scope of links looks at: which pairs, triples and so on, and how two sets of subjects differ in them."""
