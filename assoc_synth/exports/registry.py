"""All formats by name. A new one is one entry here, one file, and its name in `cli.export_formats`."""

from __future__ import annotations

from assoc_synth.exports.formats import Format

QUALIFIERS = "times, amounts, baskets, extra columns"
ALL = ("time", "amount", "basket", "extras")

FORMATS: dict[str, Format] = {
    "csv": Format("delimited:write_csv", "FILE.csv, .tsv (also .gz); FOLDER/", part=("part", ".csv")),
    "parquet": Format("parquet:write_parquet", "FILE.parquet; FOLDER/", part=("part", ".parquet")),
    "jsonl": Format("jsonlines:write_jsonl", "FILE.jsonl (also .gz); FOLDER/", part=("part", ".jsonl")),
    "items-links": Format(
        "items_links:write_items_links", "a folder: items.parquet, links.parquet", "",
        ("items.parquet", "links.parquet"),
    ),
    "graphml": Format("graphml:write_graphml", "FILE.graphml (also .gz)"),
    "gexf": Format("graphs.gexf:write_gexf", "FILE.gexf (also .gz)"),
    "node-link": Format("graphs.node_link:write_node_link", "FILE.json (also .gz)"),
    "edges": Format("graphs.edges:write_edges", "FILE.csv: Source, Target, Label, Weight", QUALIFIERS, drops=ALL),
    "ntriples": Format("graphs.rdf:write_ntriples", "FILE.nt (also .gz)"),
    "turtle": Format("graphs.rdf:write_turtle", "FILE.ttl (also .gz)"),
    "lino": Format(
        "graphs.lino:write_lino",
        "FILE.lino (also .gz)",
        "types of values; subjects apart from objects of the same name",
        extra="exports",
        needs="links_notation",
    ),
    "neo4j": Format(
        "graphs.neo4j:write_neo4j",
        "a folder: nodes-*.csv, relationships-links.csv, import.sh",
        "",
        (
            "nodes-subject.csv", "nodes-object.csv", "nodes-entity.csv", "relationships-links.csv",
            "relationships-links-header.csv", "import.sh",
        ),
        part=("relationships-links", ".csv"),
    ),
    "ladybug": Format(
        "graphs.ladybug:write_ladybug",
        "a folder: subject, object and link.parquet, load.cypher",
        "",
        ("subject.parquet", "object.parquet", "entity.parquet", "link.parquet", "load.cypher"),
        part=("link", ".parquet"),
    ),
    "pyg": Format(
        "graphs.pyg:write_pyg", "a folder: graph.safetensors, graph.json",
        "the order of rows of different verbs",
        ("graph.safetensors", "graph.json"),
    ),
    "pykeen": Format(
        "learners.pykeen:write_pykeen", "FILE.tsv; with --split a folder", f"repeats, {QUALIFIERS}", drops=ALL
    ),
    "recbole": Format(
        "learners.recbole:write_recbole", "a folder NAME: NAME.inter",
        "baskets, extra columns; names such as nan and NULL", ("{name}.inter",), drops=("basket", "extras"),
    ),
    "lenskit": Format(
        "learners.interactions:write_lenskit", "FILE.csv (also .gz)",
        "more than one verb; amounts, baskets, extra columns; all but the last time of a pair",
        drops=("amount", "basket", "extras"),
    ),
    "rectools": Format(
        "learners.interactions:write_rectools", "FILE.csv (also .gz)",
        "more than one verb; amounts, baskets, extra columns; all but the last time of a pair",
        drops=("amount", "basket", "extras"),
    ),
    "baskets": Format(
        "learners.baskets:write_baskets", "FILE.csv, or .tsv for PAMI (also .gz)",
        "subjects, repeats, times, amounts, names of baskets, extra columns", drops=ALL,
    ),
    "single": Format(
        "learners.baskets:write_single", "FILE.csv: id, item (also .gz)", "repeats, times, amounts, extra columns",
        drops=("time", "amount", "extras"),
    ),
    "rules": Format("rules:write_rules", "FILE.csv, .tsv, .jsonl, .parquet", "the rows: it holds what they say"),
    "associations": Format(
        "rules:write_associations", "FILE.csv, .tsv, .jsonl, .parquet", "the rows: it holds what they say"
    ),
    "sentences": Format(
        "learners.sentences:write_sentences", "FILE.txt, or .jsonl with spans (also .gz)", "extra columns",
        drops=("extras",),
    ),
    "croissant": Format("croissant:write_croissant", "FILE.json, about --beside FILE", "the rows: it describes them"),
    "hub": Format(
        "hub:write_hub", "a folder: README.md, data/train-*.parquet, croissant.json", "",
        ("README.md", "croissant.json", "data"),
    ),
}  # fmt: skip
"""Each format by its name."""
