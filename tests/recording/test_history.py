"""History: bounded frames, exact values, and readers that never see half a frame."""

import sys
import threading

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from biasstudio.recording.history import EpochRecord, History
from biasstudio.recording.network import BiasVector

CONV = BiasVector("conv2d/bias", (3,), "conv2d", "channel")
GRU = BiasVector("gru/bias", (2, 2), "gru", "unit")
VECTORS = (CONV, GRU)
TOTAL = 7


def frame_of(step: int) -> np.ndarray:
    """Seven values that only this step has."""
    return np.arange(TOTAL, dtype=np.float32) / 8 + step


def filled(steps: int, budget: int = 10**6, metric_names: tuple[str, ...] = ("loss",)) -> History:
    history = History(VECTORS, metric_names, budget)
    for step in range(steps):
        history.append(step, (step + 9) // 10, frame_of(step), [-step] * len(metric_names) if step else ())
    return history


def held(history: History) -> list[int]:
    return history.window(CONV.path, 10**9)[0].tolist()


FRAME_BYTES = 4 * TOTAL + 8


def frames_memory(history: History) -> int:
    return sum(getattr(history, name).nbytes for name in ("_values", "_frame_steps"))


def test_a_new_history_holds_nothing():
    history = History(VECTORS)
    assert (history.size, history.last_step, history.stride, history.version) == (0, -1, 1, 0)
    assert held(history) == []
    assert history.window(CONV.path, 10, last_step=5)[1].shape == (0, 3)
    assert history.epochs() == ()


def test_values_are_sliced_by_vector_in_order():
    history = filled(4)
    assert history.values("conv2d/bias", 2).tolist() == [2.0, 2.125, 2.25]
    assert history.values("gru/bias", 2).tolist() == [2.375, 2.5, 2.625, 2.75]
    assert history.frame(3).tolist() == frame_of(3).tolist()
    assert history.values("gru/bias", 2).dtype == np.float32
    assert history.vector("gru/bias") is GRU
    assert GRU.length == 4


def test_what_a_reader_holds_does_not_change_under_it():
    history = filled(40)
    taken = [history.values(CONV.path, 5), history.frame(5), *history.window(CONV.path, 100), *history.metric("loss")]
    before = [array.copy() for array in taken]
    for array in vars(history).values():
        if isinstance(array, np.ndarray):
            array[...] = 77
    for array, copy in zip(taken, before, strict=True):
        assert array.tolist() == copy.tolist()


def test_an_appended_array_may_be_used_again():
    history, values = History([CONV]), np.zeros(3, np.float32)
    history.append(0, 0, values)
    values += 1
    history.append(1, 1, values)
    assert history.window(CONV.path, 9)[1].tolist() == [[0, 0, 0], [1, 1, 1]]


def test_nearest_step_and_epoch_of():
    history = History([CONV])
    for step, epoch in ((0, 0), (1, 1), (4, 1), (6, 2)):
        history.append(step, epoch, np.full(3, step, np.float32))
    assert [history.nearest_step(step) for step in (-1, 0, 1, 3, 4, 5, 6, 99)] == [0, 0, 1, 1, 4, 4, 6, 6]
    assert [history.epoch_of(step) for step in (0, 1, 5, 6, 99)] == [0, 1, 1, 2, 2]
    assert history.values(CONV.path, 5).tolist() == [4, 4, 4]
    assert history.last_step == 6


def test_not_a_number_and_infinity_are_kept():
    history = History([CONV], ["loss"])
    history.append(0, 0, np.array([np.nan, np.inf, -np.inf], np.float32))
    history.append(1, 1, np.array([1, 2, 3], np.float32), [np.nan])
    np.testing.assert_array_equal(history.frame(0), np.array([np.nan, np.inf, -np.inf], np.float32))
    assert np.isnan(history.metrics_at(0)["loss"])
    assert np.isnan(history.metrics_at(1)["loss"])


def test_version_grows_with_every_change():
    history = filled(2)
    assert history.version == 2
    history.append_epoch(EpochRecord(1, 1, {"loss": 0.5}))
    assert history.version == 3
    assert history.epochs() == (EpochRecord(1, 1, {"loss": 0.5}),)


@given(st.integers(1, 300), st.integers(0, 400), st.none() | st.integers(0, 400))
def test_a_window_is_short_and_spread_by_powers_of_two(steps, most, last_step):
    steps_in, values = filled(steps).window(GRU.path, most, last_step)
    end = steps - 1 if last_step is None else min(last_step, steps - 1)
    assert steps_in[0] == 0
    assert steps_in[-1] == end
    assert len(steps_in) <= max(1, most) + 1
    assert len(steps_in) > min(end, max(1, most) // 2)
    distances = np.diff(steps_in)[:-1]
    assert len(set(distances.tolist())) <= 1
    assert all(distance & (distance - 1) == 0 for distance in distances.tolist())
    assert values.tolist() == [frame_of(step)[3:].tolist() for step in steps_in]


def test_a_growing_history_keeps_its_grid():
    few, more = filled(1000).window(CONV.path, 100)[0], filled(1001).window(CONV.path, 100)[0]
    assert few[:-1].tolist() == more[: len(few) - 1].tolist()


@given(st.integers(1, 60) | st.integers(60, 700), st.integers(0, 4000), st.integers(1, 3))
def test_a_small_budget_thins_evenly_and_loses_neither_end(steps, budget, apart):
    history = History(VECTORS, ["loss"], budget)
    for number in range(steps):
        step = number * apart
        history.append(step, number, frame_of(step), [step / 2])
        kept = held(history)
        assert kept[0] == 0
        assert kept[-1] == step == history.last_step
    assert frames_memory(history) <= max(budget, 16 * FRAME_BYTES)
    assert history.stride & (history.stride - 1) == 0
    on_stride = [step for step in range(0, steps * apart, apart) if step % history.stride == 0]
    assert kept == sorted({*on_stride, (steps - 1) * apart})
    assert history.size == len(kept)
    assert (history.stride == 1) if steps <= max(16, budget // FRAME_BYTES) else (history.stride > 1)
    for step in kept:
        assert history.frame(step).tolist() == frame_of(step).tolist()
        assert history.metrics_at(step) == {"loss": step / 2}
        assert history.epoch_of(step) == step // apart


def test_thinning_keeps_at_least_half_of_what_fits():
    history = filled(5000, budget=100 * FRAME_BYTES)
    assert history.stride == 64
    assert held(history) == [*range(0, 5000, 64), 4999]


def test_steps_that_fit_no_stride_leave_room():
    history = History([CONV], budget_bytes=0)
    for step in range(1, 400, 2):
        history.append(step, 1, np.full(3, step, np.float32))
    assert history.last_step == 399
    assert history.size <= 16


def test_a_metric_begins_at_step_one():
    steps, values = filled(4).metric("loss")
    assert steps.tolist() == [1, 2, 3]
    assert values.tolist() == [-1, -2, -3]
    assert filled(1).metric("loss")[0].tolist() == []


def test_metrics_are_told_apart_by_name():
    history = History([CONV], ["loss", "accuracy"])
    history.append(1, 1, np.zeros(3, np.float32), [0.5, 0.75])
    assert history.metric("accuracy")[1].tolist() == [0.75]
    assert history.metrics_at(1) == {"loss": 0.5, "accuracy": 0.75}


@given(st.lists(st.floats(-1e6, 1e6, width=32) | st.just(float("nan")), min_size=1, max_size=300), st.integers(2, 60))
def test_no_peak_of_a_metric_is_lost(losses, most):
    history = History([CONV], ["loss"])
    history.append(0, 0, np.zeros(3, np.float32))
    for step, loss in enumerate(losses, start=1):
        history.append(step, 1, np.zeros(3, np.float32), [loss])
    steps, values = history.metric("loss", most)
    assert len(steps) == len(values) <= max(most + 1, 2)
    assert steps[0] == 1
    assert (np.diff(steps) >= 0).all()
    numbers = [loss for loss in losses if loss == loss]
    if numbers:
        assert (np.nanmin(values), np.nanmax(values)) == (min(numbers), max(numbers))
    else:
        assert np.isnan(values).all()


def test_readers_see_only_whole_frames_while_another_thread_appends():
    width, steps = 2000, 6000
    vector = BiasVector("dense/bias", (width,), "dense", "unit")
    history = History([vector], ["loss"], budget_bytes=200 * 4 * width)
    history.append(0, 0, np.zeros(width, np.float32))
    failures: list[BaseException] = []

    def write() -> None:
        try:
            for step in range(1, steps):
                history.append(step, step, np.full(width, step, np.float32), [step])
        except BaseException as error:  # noqa: BLE001  # told to the test's own thread
            failures.append(error)

    writer = threading.Thread(target=write)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # so that the threads meet in the middle of what they do
    writer.start()
    reads = 0
    try:
        while writer.is_alive() or reads == 0:
            reads += 1
            shown, values = history.window(vector.path, 50)
            assert (values == shown[:, None]).all()
            newest = history.last_step
            frame = history.frame(newest)
            assert (frame == frame[0]).all()
            assert 0 <= frame[0] <= newest
            metric_steps, losses = history.metric("loss", most=10**6)
            assert (losses == metric_steps).all()
    finally:
        writer.join()
        sys.setswitchinterval(interval)
    assert not failures
    assert history.last_step == steps - 1
    assert history.stride > 1


def test_a_window_of_a_very_long_vector_stays_small():
    long = BiasVector("dense/bias", (300_000,), "dense", "unit")
    history = History([long], budget_bytes=100_000_000)
    for step in range(20):
        history.append(step, 1, np.full(300_000, step, np.float32))
    steps, values = history.window(long.path, 500)
    assert values.size <= 1_500_000
    assert steps[0] == 0
    assert steps[-1] == 19
    assert values[:, 0].tolist() == steps.tolist()


def test_what_is_set_by_hand_lies_over_the_newest_frame_until_the_next_step():
    history = History([BiasVector("a/bias", (2,), "a", "unit"), BiasVector("b/bias", (1,), "b", "unit")])
    frames = np.arange(9, dtype=np.float32).reshape(3, 3)
    for step in (0, 1):
        history.append(step, step, frames[step])
    version, by_hand = history.version, np.array([70, 80], np.float32)
    assert history.set_by_hand(1, "a/bias", by_hand)
    by_hand[0] = -1
    assert history.version > version
    assert history.present_values("a/bias", 1).tolist() == [70, 80]
    assert history.present_values("a/bias", 5).tolist() == [70, 80]
    assert history.present_values("a/bias", 0).tolist() == [0, 1]
    assert history.present_values("b/bias", 1).tolist() == [5]
    assert history.window("a/bias", 10)[1].tolist() == [[0, 1], [70, 80]]
    assert history.window("a/bias", 10, 0)[1].tolist() == [[0, 1]]
    # What was recorded stays.
    assert history.values("a/bias", 1).tolist() == [3, 4]
    assert history.frame(1).tolist() == [3, 4, 5]
    history.append(2, 1, frames[2])
    assert history.present_values("a/bias", 2).tolist() == [6, 7]
    assert history.window("a/bias", 10)[1].tolist() == [[0, 1], [3, 4], [6, 7]]


def test_what_is_set_at_an_older_step_is_refused_and_what_is_taken_back_is_gone():
    history = History([BiasVector("a/bias", (1,), "a", "unit")])
    values = np.array([9], np.float32)
    assert not history.set_by_hand(0, "a/bias", values)
    for step in (0, 1):
        history.append(step, 0, np.array([step], np.float32))
    assert not history.set_by_hand(0, "a/bias", values)
    assert history.present_values("a/bias", 1).tolist() == [1]
    assert history.set_by_hand(1, "a/bias", values)
    assert history.set_by_hand(1, "a/bias", None)
    assert history.present_values("a/bias", 1).tolist() == [1]


def test_recent_frames_are_evenly_spaced_and_end_with_the_newest():
    history = filled(101)
    steps, values = history.recent(90, 100)
    assert steps.tolist() == list(range(90, 101))
    assert values[-1].tolist() == frame_of(100).tolist()
    steps, values = history.recent(0, 10, history.place(GRU.path))
    assert steps.tolist() == list(range(1, 101, 11))
    assert values.shape == (10, 4)
    steps, values = history.recent(95, 100, np.array([6, 0]))
    assert values[0].tolist() == [frame_of(95)[6], frame_of(95)[0]]
    assert History(VECTORS).recent(0, 5)[1].shape == (0, TOTAL)
    thin = filled(101, budget=20 * FRAME_BYTES)
    assert thin.recent(90, 100)[0].tolist() == [step for step in held(thin) if step >= 90]
