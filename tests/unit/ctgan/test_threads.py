"""Parts of a job in several threads: all are done, once, and PyTorch has its threads back afterwards."""

import threading
import time
from collections.abc import Iterator

import pytest
import torch

from assoc_synth.ctgan.threads import ahead, in_threads, threads_for


@pytest.fixture
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("threads", [1, 2])
def test_every_part_is_done_once(threads: int) -> None:
    before, found = torch.get_num_threads(), list[int]()
    in_threads(found.append, range(50), threads)
    assert sorted(found) == list(range(50))
    torch.set_num_threads(before)


@pytest.mark.usefixtures("two_threads")
def test_a_thread_multiplies_alone_and_the_others_do_as_before() -> None:
    both, inside = threading.Barrier(2, timeout=20), list[int]()

    def work(part: int) -> None:
        both.wait()  # two parts are worked on at once
        inside.append(torch.get_num_threads())

    in_threads(work, range(4), threads=2)
    assert inside == [1, 1, 1, 1]
    assert torch.get_num_threads() == 2


@pytest.mark.usefixtures("two_threads")
def test_fewer_parts_than_threads_take_none_from_pytorch() -> None:
    in_threads(lambda part: None, range(3), threads=3)
    assert torch.get_num_threads() == 2


@pytest.mark.usefixtures("two_threads")
@pytest.mark.parametrize("threads", [1, 2])
def test_an_error_of_a_part_is_raised_and_the_parts_after_it_are_left(threads: int) -> None:
    done = list[int]()

    def work(part: int) -> None:
        if part == 3:
            raise ValueError("part 3")
        time.sleep(0.002)
        done.append(part)

    with pytest.raises(ValueError, match="part 3"):
        in_threads(work, range(1_000), threads)
    assert {0, 1, 2} <= set(done)
    assert len(done) < 999
    assert torch.get_num_threads() == 2


@pytest.mark.usefixtures("two_threads")
def test_only_the_processor_has_several() -> None:
    assert threads_for(torch.device("cpu")) == 2
    assert threads_for(torch.device("cuda")) == 1


@pytest.mark.usefixtures("two_threads")
@pytest.mark.parametrize("threads", [1, 2, 3])
def test_what_is_made_ahead_comes_in_order_and_no_more_is_begun(threads: int) -> None:
    begun = list[int]()

    def work(part: int) -> int:
        begun.append(part)
        time.sleep(0.001 * (5 - part % 5))
        return 10 * part

    assert list(ahead(work, range(20), threads)) == [10 * part for part in range(20)]
    begun.clear()
    made = ahead(work, iter(range(1_000)), threads)
    assert [next(made), next(made)] == [0, 10]
    made.close()  # type: ignore[attr-defined]  # it is a generator
    assert len(begun) <= 2 + threads
    assert torch.get_num_threads() == 2


@pytest.mark.usefixtures("two_threads")
def test_two_are_made_at_once_and_each_multiplies_alone() -> None:
    both, inside = threading.Barrier(2, timeout=20), list[int]()

    def work(part: int) -> None:
        both.wait()
        inside.append(torch.get_num_threads())

    list(ahead(work, range(4), threads=2))
    assert inside == [1, 1, 1, 1]


@pytest.mark.usefixtures("two_threads")
def test_an_error_ahead_is_raised_in_its_turn() -> None:
    made = ahead(lambda part: 1 // (2 - part), range(9), threads=2)
    assert [next(made), next(made)] == [0, 1]
    with pytest.raises(ZeroDivisionError):
        next(made)
