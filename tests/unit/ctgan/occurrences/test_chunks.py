"""Chunks: all rows, in order, the same by whatever number of threads."""

import torch

from assoc_synth.ctgan.occurrences.chunks import CHUNK, Drawn, in_chunks


def numbers(part: slice, random: torch.Generator) -> Drawn:
    rows = torch.arange(part.start, part.stop)
    return [(rows, torch.rand(len(rows), generator=random))]


def test_all_rows_come_in_order_by_any_number_of_threads() -> None:
    total = 2 * CHUNK + 5
    (alone,), (beside,) = (
        in_chunks(total, numbers, torch.Generator().manual_seed(0), threads=threads) for threads in (1, 2)
    )
    assert alone[0].tolist() == list(range(total))
    assert (alone[1] == beside[1]).all()
    assert not (alone[1][:CHUNK] == alone[1][CHUNK : 2 * CHUNK]).any()


def test_no_rows() -> None:
    assert [len(part) for part in in_chunks(0, numbers, torch.Generator())[0]] == [0, 0]
