"""Files that are no runs, or not whole: one sentence that names the file, never another error, never code from it."""

import os
import sqlite3
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biasstudio.recording.network import BiasVector
from biasstudio.recording.run_format import RunAbout, RunError
from biasstudio.recording.run_history import RunHistory
from biasstudio.recording.run_reader import open_run
from biasstudio.recording.run_summary import edit_run, summarise_run
from biasstudio.recording.run_writer import RunWriter

DENSE = BiasVector("dense/bias", (3,), "dense", "unit")


def write(path, steps=12):
    writer = RunWriter(path, RunAbout("a run"))
    writer.start_layout([DENSE], ["loss"])
    for step in range(steps):
        writer.append(step, 1, np.full(3, step, np.float32), [1.0])
    writer.close()
    return path


def look_at_everything(path):
    """All that the window would read of a run."""
    with open_run(path) as run:
        for vector in run.vectors:
            run[vector.path], run.gradients(vector.path)
        for name in run.metric_names:
            run.metric(name)
        run.epochs, run.events, run.name, run.note, run.state, run.created, run.versions, run.experiment  # noqa: B018
        RunHistory(run).take_in()
    summarise_run(path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return write(tmp_path_factory.mktemp("whole") / "whole.biasrun").read_bytes()


def refused(path, words):
    for reading in (open_run, summarise_run, lambda path: edit_run(path, name="x")):
        with pytest.raises(RunError, match=words) as error:
            reading(path)
        assert path.name in str(error.value)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"hello", "is no SQLite database"),
        (b"SQLite format 3\0", "cut off"),
        (b"PK\x03\x04" + bytes(2000), "is no SQLite database"),
    ],
)
def test_other_files_are_named(tmp_path, content, words):
    path = tmp_path / "other.biasrun"
    path.write_bytes(content)
    refused(path, words)


def test_missing_files_and_folders_are_named(tmp_path):
    refused(tmp_path / "none.biasrun", "can't be read")
    refused(tmp_path, "is not a file")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_a_pipe_does_not_keep_the_reader_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe.biasrun")
    refused(tmp_path / "pipe.biasrun", "is not a file")


def test_a_database_of_another_program_and_a_newer_run_are_named(tmp_path):
    other = tmp_path / "other.biasrun"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE frames (step INTEGER)")
    connection.commit()
    connection.close()
    refused(other, "another program")
    newer = write(tmp_path / "newer.biasrun")
    connection = sqlite3.connect(newer)
    connection.execute("PRAGMA user_version = 9")
    connection.close()
    refused(newer, "version 9.*a newer Bias Studio wrote it")


@pytest.mark.parametrize("part", [0.02, 0.2, 0.5, 0.8, 0.99])
def test_a_file_that_was_cut_off_is_refused_or_read(tmp_path, whole, part):
    path = tmp_path / "cut.biasrun"
    path.write_bytes(whole[: int(part * len(whole))])
    with pytest.raises(RunError, match=r"cut\.biasrun"):
        look_at_everything(path)


@settings(max_examples=200)
@given(st.data())
def test_any_changed_bytes_are_a_sentence_or_harmless(tmp_path_factory, whole, data):
    content = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "flipped.biasrun"
    path.write_bytes(bytes(content))
    said = ""
    try:
        look_at_everything(path)
    except RunError as error:
        said = str(error)
    assert "\n" not in said


def change(path, *statements):
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE vectors",
        "UPDATE vectors SET shape = '[3000000000]', length = 3000000000",
        "UPDATE vectors SET shape = '[[3]]'",
        "UPDATE vectors SET length = 5",
        "UPDATE vectors SET start = -1",
        "UPDATE vectors SET path = x'00ff'",
        "UPDATE frames SET biases = x'00'",
        "UPDATE frames SET biases = 'text'",
        "INSERT INTO epochs VALUES (1, 3, '" + "[" * 100_000 + "')",
        "INSERT INTO epochs VALUES (1, 3, 'null')",
        "UPDATE steps SET epoch = 'first'",
    ],
)
def test_wrong_content_is_named(tmp_path, statement):
    path = write(tmp_path / "wrong.biasrun")
    change(path, statement)
    with pytest.raises(RunError, match=r"wrong\.biasrun"):
        look_at_everything(path)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE about SET value = x'00ff'",
        "UPDATE about SET value = 7",
        "DELETE FROM about",
        "UPDATE about SET value = 'yesterday' WHERE key = 'created'",
    ],
)
def test_wrong_facts_do_not_hide_the_values(tmp_path, statement):
    path = write(tmp_path / "odd.biasrun")
    change(path, statement)
    with open_run(path) as run:
        assert run["dense/bias"][5].tolist() == [5.0] * 3
        assert isinstance(run.name, str)
        assert run.created is not None
    summarise_run(path)


def test_code_in_a_file_is_never_run(tmp_path):
    view = write(tmp_path / "view.biasrun")
    change(view, "ALTER TABLE frames RENAME TO hidden", "CREATE VIEW frames AS SELECT * FROM hidden")
    with pytest.raises(RunError, match=r"view\.biasrun"):
        open_run(view)
    trigger = write(tmp_path / "trigger.biasrun")
    change(trigger, "CREATE TRIGGER t AFTER UPDATE ON about BEGIN DELETE FROM frames; END")
    try:
        edit_run(trigger, name="other")
    except RunError as error:
        assert "trigger.biasrun" in str(error)  # noqa: PT017 (either is right: refused, or done without the trigger)
    connection = sqlite3.connect(trigger)
    assert connection.execute("SELECT count(*) FROM frames").fetchone() == (12,)
    connection.close()


def test_a_run_without_frames_is_read_and_has_none(tmp_path):
    with open_run(write(tmp_path / "none.biasrun", steps=0)) as run:
        assert run.steps.tolist() == []
        assert run["dense/bias"].shape == (0, 3)


def test_a_run_in_a_folder_that_may_only_be_read(tmp_path):
    path = write(tmp_path / "run.biasrun")
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        with open_run(path) as run:
            assert len(run.steps) == 12
    finally:
        tmp_path.chmod(0o755)


def test_a_run_can_be_renamed_and_annotated(tmp_path):
    path = write(tmp_path / "run.biasrun")
    edit_run(path, name="another", note="what I saw")
    summary = summarise_run(path)
    assert (summary.name, summary.note, summary.steps, summary.state) == ("another", "what I saw", 11, "finished")
