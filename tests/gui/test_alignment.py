import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biasstudio.gui.alignment import Alignment, RunAxis, axes_of, corresponding_steps
from biasstudio.recording.history import EpochRecord, History
from biasstudio.recording.network import BiasVector

ONE = BiasVector("dense/bias", (1,), "dense", "unit")


def run(*epoch_steps, recorded=None):
    """A history whose epochs have these numbers of steps; of all, or of the `recorded` ones, the end is recorded."""
    history = History((ONE,), ())
    history.append(0, 0, np.zeros(1, np.float32))
    step = 0
    for epoch, steps in enumerate(epoch_steps, start=1):
        for _ in range(steps):
            step += 1
            history.append(step, epoch, np.zeros(1, np.float32))
        if recorded is None or epoch in recorded:
            history.append_epoch(EpochRecord(epoch, step, {}))
    return history


def corresponding(alignment, shown, other, steps):
    axes = axes_of((shown, other), alignment)
    return corresponding_steps(axes[0], axes[1], steps).tolist()


def test_by_step_the_same_steps_correspond():
    assert corresponding(Alignment.STEP, run(10, 10), run(5), [0, 3, 20]) == [0, 3, 20]


def test_by_epoch_the_same_place_in_the_same_epoch_corresponds():
    # Batches of 32 and of 64: half as many steps an epoch.
    assert corresponding(Alignment.EPOCH, run(20, 20), run(10, 10), [0, 1, 2, 10, 19, 20, 30, 40]) == [
        0, 0, 1, 5, 9, 10, 15, 20,
    ]  # fmt: skip
    assert corresponding(Alignment.EPOCH, run(10, 10), run(20, 20), [0, 1, 5, 15, 20]) == [0, 2, 10, 30, 40]


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 5), st.data())
def test_by_epoch_a_step_is_the_last_that_is_not_after_the_place(length, other_length, epochs, data):
    step = data.draw(st.integers(0, length * epochs))
    found = corresponding(Alignment.EPOCH, run(*[length] * epochs), run(*[other_length] * epochs), step)
    # Whole numbers only: no rounding.
    assert found == step * other_length // length


def test_an_epoch_that_goes_on_counts_as_long_as_the_last():
    axes = axes_of((run(10, 10, 4, recorded=(1, 2)),), Alignment.EPOCH)
    assert axes[0].place_of([0, 10, 20, 24]).tolist() == pytest.approx([0, 1, 2, 2.4])


def test_where_no_epoch_has_ended_another_run_says_how_long_one_is():
    shown, other = axes_of((run(5, recorded=()), run(20)), Alignment.EPOCH)
    assert float(shown.place_of(5)) == pytest.approx(0.25)
    assert float(other.place_of(5)) == pytest.approx(0.25)
    alone, longer = axes_of((run(5, recorded=()), run(8, recorded=())), Alignment.EPOCH)
    assert float(alone.place_of(4)) == float(longer.place_of(4)) == pytest.approx(0.5)


def test_an_epoch_that_was_cut_short_counts_as_whole():
    (axis,) = axes_of((run(10, 4, 10, recorded=(1, 3)),), Alignment.EPOCH)
    assert axis.place_of([10, 12, 14, 19, 24]).tolist() == pytest.approx([1, 1.5, 2, 2.5, 3])
    (axis,) = axes_of((run(10, 4, 5, recorded=(1,)),), Alignment.EPOCH)
    assert axis.place_of([14, 19]).tolist() == pytest.approx([2, 2.5])


def test_a_run_that_went_on_from_a_later_epoch_starts_there():
    history = History((ONE,), ())
    for step in range(11):
        history.append(step, 41 if step else 0, np.zeros(1, np.float32))
    history.append_epoch(EpochRecord(41, 10, {}))
    (axis,) = axes_of((history,), Alignment.EPOCH)
    assert axis.place_of([0, 5, 10]).tolist() == pytest.approx([40, 40.5, 41])


def test_before_training_there_is_an_axis():
    (axis,) = axes_of((run(),), Alignment.EPOCH)
    assert float(axis.place_of(0)) == 0
    (axis,) = axes_of((History((ONE,), ()),), Alignment.EPOCH)
    assert float(axis.place_of(0)) == 0


@given(st.lists(st.integers(1, 30), min_size=1, max_size=6), st.floats(0, 8))
def test_a_place_is_found_again_beyond_the_end_too(lengths, place):
    (axis,) = axes_of((run(*lengths),), Alignment.EPOCH)
    assert float(axis.place_of(axis.steps_at(place))) == pytest.approx(place, abs=1e-9)


def test_the_axis_by_step_is_the_step():
    axis = RunAxis((0, 1), (0, 1))
    assert axis.place_of([0, 7, 1_000_000]).tolist() == [0, 7, 1_000_000]
