"""Edges with a pair that goes together, and a verb that follows another."""

import numpy as np
import pytest

from assoc_synth.link_graph.edges import Edges


@pytest.fixture(scope="module")
def paired() -> Edges:
    """Objects 0 and 1 are taken together by most who take either; verb 1 only follows verb 0 on the same object."""
    rng = np.random.default_rng(0)
    links = []
    for subject in range(800):
        objects = set(rng.choice(20, 4, replace=False).tolist())
        if objects & {0, 1}:
            objects |= {0, 1}
        links += [(subject, 0, o) for o in objects]
        links += [(subject, 1, o) for o in objects if rng.random() < 0.3]
    subject, verb, object = np.array(links).T
    return Edges.from_links(subject, verb, object, num_subjects=800, num_verbs=2, num_objects=20)
