"""What programs that learn from interactions read: recommenders, knowledge-graph embeddings, item sets, text."""
