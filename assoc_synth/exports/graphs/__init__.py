"""Link graphs: nodes and edges, statements, or property graphs; one file per format."""
