"""The .biasrun file, as SQLite and NumPy read it: exact, marked, bounded; and what our own reader makes of it."""

import contextlib
import json
import shutil
import sqlite3
import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from biasstudio.recording.history import EpochRecord
from biasstudio.recording.network import BiasVector
from biasstudio.recording.run_format import APPLICATION_ID, FORMAT_VERSION, RunAbout, RunError
from biasstudio.recording.run_history import RunHistory
from biasstudio.recording.run_reader import open_run
from biasstudio.recording.run_writer import RunWriter

DENSE = BiasVector("dense/bias", (3,), "dense", "unit")
GRU = BiasVector("gru/bias", (2, 2), "gru", "gate unit")


def until(holds, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
    return True


@contextlib.contextmanager
def plain(path):
    connection = sqlite3.connect(path)
    try:
        yield connection
    finally:
        connection.close()


def blobs(path):
    with plain(path) as connection:
        return dict(connection.execute("SELECT step, biases FROM frames"))


def writer_at(path, vectors=(DENSE,), metrics=("loss",), **options):
    writer = RunWriter(path, RunAbout("a run", "a note", "a group", "", {"keras": "3"}), **options)
    writer.start_layout(vectors, metrics)
    return writer


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st_numpy.arrays(np.float32, (5, 7), elements=st.floats(width=32)))
def test_every_value_is_there_bit_for_bit(tmp_path, frames):
    path = tmp_path / f"{time.monotonic_ns()}.biasrun"
    writer = writer_at(path, (DENSE, GRU))
    for step, frame in enumerate(frames):
        writer.append(step, 1, frame.copy(), [float(step)], -frame)
    writer.close()
    found = blobs(path)
    for step, frame in enumerate(frames):
        assert found[step] == frame.astype("<f4").tobytes()
    with open_run(path) as run:
        assert run["dense/bias"].tobytes() == np.ascontiguousarray(frames[:, :3]).tobytes()
        assert run["gru/bias"].shape == (5, 2, 2)
        assert run["gru/bias"].tobytes() == np.ascontiguousarray(frames[:, 3:]).tobytes()
        assert run.gradients("dense/bias").tobytes() == np.ascontiguousarray(-frames[:, :3]).tobytes()


def test_the_file_is_marked_and_whole_after_closing(tmp_path):
    path = tmp_path / "run.biasrun"
    writer = writer_at(path)
    writer.append(0, 0, np.zeros(3, np.float32))
    assert writer.flush()
    with plain(path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    writer.append_epoch(EpochRecord(1, 9, {"loss": 0.5, "val_loss": float("nan")}))
    writer.append_event(3, "pause", "by hand")
    writer.close()
    assert [file.name for file in tmp_path.iterdir()] == ["run.biasrun"]
    with plain(path) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA user_version").fetchone() == (FORMAT_VERSION,)
        about = dict(connection.execute("SELECT key, value FROM about"))
        assert (about["name"], about["note"], about["group"], about["state"]) == (
            "a run",
            "a note",
            "a group",
            "finished",
        )
        assert json.loads(about["versions"]) == {"keras": "3"}
    with open_run(path) as run:
        assert run.epochs[0].metrics["loss"] == 0.5
        assert np.isnan(run.epochs[0].metrics["val_loss"])
        assert [(event.step, event.kind, event.text) for event in run.events] == [(3, "pause", "by hand")]


def test_what_was_appended_is_committed_within_a_second_and_the_writer_lives_while_idle(tmp_path):
    path = tmp_path / "run.biasrun"
    writer = writer_at(path)
    writer.append(0, 0, np.ones(3, np.float32))
    until(lambda: 0 in blobs(path), seconds=1.0)

    def heartbeat():
        with plain(path) as connection:
            return connection.execute("SELECT value FROM about WHERE key = 'heartbeat'").fetchone()[0]

    before = heartbeat()
    until(lambda: heartbeat() > before, seconds=3.0)
    writer.close()


def test_frames_can_be_read_back_while_they_wait_and_after(tmp_path):
    writer = writer_at(tmp_path / "run.biasrun")
    writer.append(0, 0, np.zeros(3, np.float32))
    writer.append(5, 1, np.full(3, 5, np.float32))
    for _ in ("waiting", "written", "closed"):
        assert writer.frame(5).tolist() == [5.0] * 3
        assert writer.frame(4) is None
        assert writer.nearest_step(7) == 5
        assert writer.nearest_step(4) == 0
        if _ == "waiting":
            assert writer.flush()
        elif _ == "written":
            writer.close()


def test_a_vector_that_came_later_has_no_values_before(tmp_path):
    writer = writer_at(tmp_path / "run.biasrun")
    writer.append(0, 0, np.zeros(3, np.float32))
    writer.start_layout([DENSE, GRU], ["loss", "mae"])
    writer.append(1, 1, np.arange(7, dtype=np.float32), [0.5, 0.25])
    writer.close()
    with open_run(tmp_path / "run.biasrun") as run:
        assert [vector.path for vector in run.vectors] == ["dense/bias", "gru/bias"]
        assert np.isnan(run["gru/bias"][0]).all()
        assert run["gru/bias"][1].tolist() == [[3, 4], [5, 6]]
        assert run.metric("mae")[1].tolist() == [0.25]
        with pytest.raises(KeyError, match="has no bias vector"):
            run["lstm/bias"]


def test_a_run_is_replaced_and_nothing_else_is(tmp_path):
    path = tmp_path / "run.biasrun"
    writer_at(path).close()
    second = writer_at(path)
    with pytest.raises(RunError, match="being written by another"):
        writer_at(path)
    second.close()
    with pytest.raises(RunError, match="exists already"):
        writer_at(path, overwrite=False)
    path.write_bytes(b"")
    path.write_text("mine")
    with pytest.raises(RunError, match="is not a run; it was left"):
        writer_at(path)
    assert path.read_text() == "mine"


def test_beyond_its_limit_a_file_is_thinned_evenly_and_says_so(tmp_path):
    path, length, limit = tmp_path / "run.biasrun", 1000, 600_000
    writer = writer_at(path, [BiasVector("dense/bias", (length,), "dense", "unit")], size_limit=limit)
    reading = None
    for step in range(1200):
        writer.append(step, 1, np.full(length, step, np.float32), [float(step)])
        if step % 150 == 0:
            assert writer.flush()
            if reading is None:
                run = open_run(path)
                reading = RunHistory(run, budget_bytes=30 * 4 * length)
            reading.take_in()
            assert reading.history.last_step == step
            for asked in (0, step // 2, step):
                nearest = reading.history.nearest_step(asked)
                assert reading.history.values("dense/bias", asked).tolist() == [float(nearest)] * length
    writer.close()
    run.close()
    assert path.stat().st_size <= limit
    with open_run(path) as run:
        steps = run.steps
        assert steps[0] == 0
        assert steps[-1] == 1199
        assert run.stride > 1
        old = steps[steps < 600]
        assert len(set(np.diff(old).tolist())) == 1
        assert run.metric("loss")[1].tolist() == [float(step) for step in range(1, 1200)]
        for step in steps.tolist():
            assert run.frame(step)[0] == step


def test_a_copy_of_the_file_alone_opens_while_it_is_written(tmp_path):
    writer = writer_at(tmp_path / "run.biasrun")
    writer.append(0, 0, np.zeros(3, np.float32))
    assert writer.flush()
    shutil.copy(tmp_path / "run.biasrun", tmp_path / "copy.biasrun")
    with open_run(tmp_path / "copy.biasrun") as run:
        assert run.state == "recording"
    writer.close()


def test_readers_attached_while_the_writer_closes_leave_nothing_behind(tmp_path):
    path = tmp_path / "run.biasrun"
    writer = writer_at(path)
    writer.append(0, 0, np.zeros(3, np.float32))
    assert writer.flush()
    readers = [open_run(path), open_run(path)]
    writer.append(1, 1, np.ones(3, np.float32), [1.0])
    writer.close()
    for reader in readers:
        assert reader.refresh()
        assert reader.frame(1).tolist() == [1.0] * 3
        assert reader.state == "finished"
    for reader in readers:
        reader.close()
    assert [file.name for file in tmp_path.iterdir()] == ["run.biasrun"]


def test_a_history_reads_from_the_file_what_it_does_not_hold(tmp_path):
    path = tmp_path / "run.biasrun"
    writer = writer_at(path)
    for step in range(500):
        writer.append(step, (step + 99) // 100, np.full(3, step, np.float32), [1 / step] if step else [])
    writer.close()
    with open_run(path) as run:
        reading = RunHistory(run, budget_bytes=32 * 20)
        reading.take_in()
        history = reading.history
        assert history.size < 40
        assert history.stride > 1
        for step in range(500):
            assert history.nearest_step(step) == step
            assert history.frame(step).tolist() == [float(step)] * 3
            assert history.epoch_of(step) == (step + 99) // 100
        steps, values = history.metric("loss", 10**6)
        assert steps.tolist() == list(range(1, 500))
        np.testing.assert_allclose(values, 1 / steps, rtol=1e-6)
        steps, values = history.window("dense/bias", 20)
        assert (steps[0], steps[-1]) == (0, 499)
        assert values[:, 0].tolist() == steps.tolist()
