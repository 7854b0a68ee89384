"""Export: every value, exactly, for NumPy and for others; whole or not at all."""

import csv

import numpy as np
import pytest

from biasstudio.recording.export import ExportCancelledError, export_csv, export_npz, export_run
from biasstudio.recording.network import BiasVector
from biasstudio.recording.run_format import RunAbout, RunError
from biasstudio.recording.run_reader import open_run
from biasstudio.recording.run_writer import RunWriter

DENSE = BiasVector("dense/bias", (3,), "dense", "unit")
GRU = BiasVector("gru/gru_cell/bias", (2, 2), "gru", "gate unit")
FRAMES = np.random.default_rng(0).normal(size=(6, 7)).astype(np.float32)
FRAMES[2, 1], FRAMES[3, 4] = np.nan, -np.inf


@pytest.fixture
def run(tmp_path):
    writer = RunWriter(tmp_path / "run.biasrun", RunAbout("mine"))
    writer.start_layout([DENSE, GRU], ["loss"])
    for step, frame in enumerate(FRAMES):
        gradients = frame * 2 if step else None
        writer.append(step, (step + 1) // 2, frame, [0.1 * step] if step else [], gradients)
    writer.close()
    with open_run(tmp_path / "run.biasrun") as opened:
        yield opened


def test_an_npz_holds_every_value(run, tmp_path):
    export_npz(run, tmp_path / "out.npz")
    with np.load(tmp_path / "out.npz", allow_pickle=False) as file:
        assert file["steps"].tolist() == list(range(6))
        np.testing.assert_array_equal(file["dense/bias"], FRAMES[:, :3])
        np.testing.assert_array_equal(file["gru/gru_cell/bias"], FRAMES[:, 3:].reshape(6, 2, 2))
        np.testing.assert_array_equal(file["gradient/dense/bias"][1:], FRAMES[1:, :3] * 2)
        assert np.isnan(file["gradient/dense/bias"][0]).all()
        np.testing.assert_array_equal(file["metric/loss"][1:], np.float32([0.1 * step for step in range(1, 6)]))
        assert file["metric_epochs"].tolist() == [0, 1, 1, 2, 2, 3]


def test_a_csv_holds_every_value_so_that_it_reads_back_exactly(run, tmp_path):
    export_csv(run, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6 * 7
    values = np.array([row["value"] for row in rows], np.float64).astype(np.float32).reshape(6, 7)
    np.testing.assert_array_equal(values, FRAMES)
    assert [row["unit"] for row in rows[:7]] == ["0", "1", "2", "0,0", "0,1", "1,0", "1,1"]
    assert [row["vector"] for row in rows[2:4]] == ["dense/bias", "gru/gru_cell/bias"]
    assert rows[-1]["step"] == "5"
    assert rows[-1]["epoch"] == "3"


@pytest.mark.parametrize("name", ["out.npz", "out.csv"])
def test_a_cancelled_export_leaves_what_was_there(run, tmp_path, name):
    (tmp_path / name).write_text("before")
    names = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(ExportCancelledError):
        export_run(run, tmp_path / name, lambda _share: False)
    assert (tmp_path / name).read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == names


def test_other_suffixes_and_missing_folders_are_refused(run, tmp_path):
    with pytest.raises(RunError, match=r"out\.txt: expected a name that ends in \.npz or \.csv"):
        export_run(run, tmp_path / "out.txt")
    with pytest.raises(FileNotFoundError):
        export_run(run, tmp_path / "missing" / "out.npz")


def test_progress_rises_to_one(run, tmp_path):
    shares = []
    export_csv(run, tmp_path / "out.csv", lambda share: shares.append(share) or True)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
