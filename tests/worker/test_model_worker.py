"""The worker thread: builds, trains, pauses, steps, stops and closes as told, and reports by signals."""

import sys
import threading

import numpy as np
import pytest

from biasstudio.spec.experiment import Experiment
from biasstudio.spec.stack import Stack
from biasstudio.worker.messages import (
    Build,
    Close,
    Pause,
    ReadWeights,
    Stop,
    TakeStep,
    Train,
    WorkerState,
)
from biasstudio.worker.model_worker import ModelWorker
from tests.experiments import moons, tutorial

LONG = moons(epochs=10_000)


def build(qtbot, worker, experiment):
    with qtbot.waitSignal(worker.built, timeout=60_000) as built:
        worker.send(Build(experiment))
    return built.args[0]


def wait_for_state(qtbot, worker, state, command):
    with qtbot.waitSignal(worker.stateChanged, timeout=60_000, check_params_cb=lambda new: new is state):
        worker.send(command)


def test_a_built_network_is_at_step_0_and_reports_what_it_is(qtbot, worker):
    built = build(qtbot, worker, tutorial())
    assert [layer.output_shape for layer in built.layers] == [(26, 26, 32), (21632,), (10,), (1,)]
    assert built.history.last_step == 0
    assert built.misfit is None
    assert [finding.id for finding in built.findings] == ["softmax-one-unit"]
    assert "TensorFlow" in built.versions


def test_of_several_builds_waiting_only_the_newest_is_made(qtbot, worker):
    build(qtbot, worker, moons())
    seen = []
    worker.built.connect(lambda built: seen.append(built.experiment))
    experiments = [moons(seed=seed) for seed in range(20)]
    for experiment in experiments:
        worker.send(Build(experiment))
    qtbot.waitUntil(lambda: experiments[-1] in seen, timeout=60_000)
    assert len(seen) < 5


def test_an_impossible_stack_is_refused_and_the_last_network_stays(qtbot, worker):
    build(qtbot, worker, moons())
    bad = Experiment(Stack((2,)).add("Conv2D"), moons().data, moons().training)
    with qtbot.waitSignal(worker.buildFailed, timeout=30_000) as failed:
        worker.send(Build(bad))
    assert failed.args[0].error.layer == "conv2d"
    with qtbot.waitSignal(worker.trainingEnded, timeout=60_000) as ended:
        worker.send(Train(moons()))
    assert ended.args[0].reason == "finished"


def test_training_runs_to_its_end_and_the_last_frame_is_the_models(qtbot, worker):
    history = build(qtbot, worker, moons()).history
    with qtbot.waitSignal(worker.trainingEnded, timeout=60_000) as ended:
        worker.send(Train(moons()))
    assert (ended.args[0].reason, ended.args[0].step) == ("finished", 58)
    assert history.size == 59
    for vector in history.vectors:
        with qtbot.waitSignal(worker.weightsRead, timeout=30_000) as read:
            worker.send(ReadWeights(vector.layer))
        kernel, bias = read.args[0].arrays
        assert (kernel.name, bias.name) == ("kernel", "bias")
        assert kernel.shape[-1] == vector.length
        assert np.array_equal(bias.values, history.values(vector.path, 58))


def test_the_epoch_that_is_told_is_the_historys_when_a_training_goes_on(qtbot, worker):
    experiment, told = moons(epochs=3), []
    history = build(qtbot, worker, experiment).history
    worker.progressed.connect(lambda progress: told.append((progress.step, progress.epoch, progress.epochs)))
    with qtbot.waitSignal(worker.trainingEnded, timeout=60_000):
        worker.send(Train(experiment))
    wait_for_state(qtbot, worker, WorkerState.PAUSED, TakeStep(experiment))
    with qtbot.waitSignal(worker.trainingEnded, timeout=60_000):
        worker.send(Stop())
    # The epoch that was cut short counts too.
    with qtbot.waitSignal(worker.trainingEnded, timeout=60_000):
        worker.send(Train(experiment))
    assert all(epoch == history.epoch_of(step) for step, epoch, _epochs in told)
    assert {(87, 3, 3), (88, 4, 6), (175, 7, 7)} <= set(told)


def test_pause_holds_and_a_step_is_exactly_one_frame(qtbot, worker):
    history = build(qtbot, worker, LONG).history
    wait_for_state(qtbot, worker, WorkerState.TRAINING, Train(LONG))
    wait_for_state(qtbot, worker, WorkerState.PAUSED, Pause())
    held = history.last_step
    for count in (1, 2, 3):
        wait_for_state(qtbot, worker, WorkerState.PAUSED, TakeStep(LONG))
        assert history.last_step == held + count
    wait_for_state(qtbot, worker, WorkerState.TRAINING, Train(LONG))
    qtbot.waitUntil(lambda: history.last_step > held + 20, timeout=30_000)
    with qtbot.waitSignal(worker.trainingEnded, timeout=30_000) as ended:
        worker.send(Stop())
    assert ended.args[0].reason == "stopped"
    assert ended.args[0].step == history.last_step


def test_a_step_from_rest_makes_one_frame_and_holds(qtbot, worker):
    history = build(qtbot, worker, LONG).history
    wait_for_state(qtbot, worker, WorkerState.PAUSED, TakeStep(LONG))
    assert history.last_step == 1
    wait_for_state(qtbot, worker, WorkerState.READY, Stop())
    assert history.last_step == 1


def test_steps_asked_for_quickly_are_all_made(qtbot, worker):
    history = build(qtbot, worker, LONG).history
    for _ in range(3):
        worker.send(TakeStep(LONG))
    qtbot.waitUntil(lambda: history.last_step == 3, timeout=30_000)
    for _ in range(4):
        worker.send(TakeStep(LONG))
    qtbot.waitUntil(lambda: history.last_step == 7, timeout=30_000)
    wait_for_state(qtbot, worker, WorkerState.READY, Stop())
    assert history.last_step == 7


def test_commands_keep_their_order_when_a_build_ends_a_training(qtbot, worker):
    build(qtbot, worker, LONG)
    wait_for_state(qtbot, worker, WorkerState.TRAINING, Train(LONG))
    built, ended = [], []
    worker.built.connect(built.append)
    worker.trainingEnded.connect(ended.append)
    last = moons(seed=9)
    for command in (Build(moons(seed=8)), Build(last), Train(last)):
        worker.send(command)
    qtbot.waitUntil(lambda: len(ended) == 2, timeout=60_000)
    assert built[-1].experiment is last
    assert [end.reason for end in ended] == ["stopped", "finished"]
    assert built[-1].history.last_step == 58


def test_training_what_was_refused_or_does_not_fit_does_nothing(qtbot, worker):
    build(qtbot, worker, moons())
    bad = Experiment(Stack((2,)).add("Conv2D"), moons().data, moons().training)
    unfit = Experiment(moons().stack.change("dense_1", units=10), moons().data, moons().training)
    started = []
    worker.stateChanged.connect(lambda state: started.append(state) if state is WorkerState.TRAINING else None)
    for experiment in (bad, unfit):
        worker.send(Build(experiment))
        worker.send(Train(experiment))
    built = []
    worker.built.connect(lambda report: built.append(report.experiment))
    last = moons(seed=3)
    worker.send(Build(last))
    qtbot.waitUntil(lambda: last in built, timeout=30_000)
    assert started == []


def test_a_validation_share_that_leaves_nothing_to_train_with_is_refused(qtbot, worker):
    build(qtbot, worker, moons())
    with qtbot.waitSignal(worker.buildFailed, timeout=30_000) as failed:
        worker.send(Train(moons(validation_share=0.9999)))
    assert "validation_share of 0.9999" in str(failed.args[0].error)
    assert "1,000 samples" in str(failed.args[0].error)


def test_a_layer_that_is_not_built_has_no_arrays(qtbot, worker):
    build(qtbot, worker, moons())
    with qtbot.waitSignal(worker.weightsRead, timeout=30_000) as read:
        worker.send(ReadWeights("dropout"))
    assert read.args[0].arrays == ()


def test_stepping_and_training_through_give_the_same_values(qtbot, worker):
    experiment = moons(epochs=1)
    through = build(qtbot, worker, experiment).history
    with qtbot.waitSignal(worker.trainingEnded, timeout=60_000):
        worker.send(Train(experiment))
    stepped = build(qtbot, worker, experiment).history
    for _ in range(3):
        wait_for_state(qtbot, worker, WorkerState.PAUSED, TakeStep(experiment))
    with qtbot.waitSignal(worker.trainingEnded, timeout=60_000):
        worker.send(Train(experiment))
    assert stepped.last_step == through.last_step == 29
    assert all(np.array_equal(stepped.frame(step), through.frame(step)) for step in range(30))


def test_weights_can_be_read_while_training_and_while_held(qtbot, worker):
    build(qtbot, worker, LONG)
    wait_for_state(qtbot, worker, WorkerState.TRAINING, Train(LONG))
    for command in (None, Pause()):
        if command:
            wait_for_state(qtbot, worker, WorkerState.PAUSED, command)
        with qtbot.waitSignal(worker.weightsRead, timeout=30_000) as read:
            worker.send(ReadWeights("dense"))
        assert [array.shape for array in read.args[0].arrays] == [(2, 8), (8,)]


def test_a_build_during_training_ends_it_and_is_made(qtbot, worker):
    build(qtbot, worker, LONG)
    wait_for_state(qtbot, worker, WorkerState.TRAINING, Train(LONG))
    built = build(qtbot, worker, moons(seed=5))
    assert built.history.last_step == 0


def test_values_that_are_not_finite_end_training_with_a_finding(qtbot, worker):
    wild = moons(learning_rate=1e38, optimizer="SGD", loss="mean_squared_error")
    history = build(qtbot, worker, wild).history
    with qtbot.waitSignal(worker.trainingEnded, timeout=60_000) as ended:
        worker.send(Train(wild))
    assert ended.args[0].reason == "non-finite"
    assert ended.args[0].findings[0].id == "non-finite"
    assert history.size == history.last_step + 1


def test_a_batch_that_is_too_large_is_refused_before_memory_is_taken(qtbot, worker):
    build(qtbot, worker, tutorial())
    with qtbot.waitSignal(worker.buildFailed, timeout=30_000) as failed:
        worker.send(Train(tutorial(batch_size=100_000)))
    assert "batch of 100000" in str(failed.args[0].error)


@pytest.mark.parametrize("command", [None, Train(LONG), TakeStep(LONG)])
def test_closing_ends_the_thread_at_any_moment(qtbot, command):
    # What was left by others, such as Keras's own pools, is not looked at.
    before = set(threading.enumerate())
    worker = ModelWorker()
    worker.start()
    if command is not None:
        build(qtbot, worker, LONG)
        wanted = WorkerState.TRAINING if isinstance(command, Train) else WorkerState.PAUSED
        wait_for_state(qtbot, worker, wanted, command)
    with qtbot.waitSignal(worker.finished, timeout=30_000):
        worker.send(Close())
    assert worker.wait(1000)
    # Python keeps an entry of each thread of Qt that has logged, as a dummy.
    left = {thread for thread in threading.enumerate() if not thread.name.startswith("Dummy")} - before
    assert left == set()


def test_a_fault_of_ours_is_reported_with_its_traceback_and_the_thread_lives(qtbot, caplog):
    worker = ModelWorker()
    worker.start()
    with qtbot.waitSignal(worker.failed, timeout=30_000) as failed:
        worker.send(Train(moons()))
    sentence, details = failed.args
    assert "not built" in sentence
    assert "Traceback" in details
    assert "fault in the model worker" in caplog.text
    build(qtbot, worker, moons())
    with qtbot.waitSignal(worker.finished, timeout=30_000):
        worker.send(Close())


def test_without_tensorflow_each_build_is_refused_with_the_reason(qtbot, monkeypatch):
    # None in sys.modules makes the import fail, as a broken installation does.
    monkeypatch.setitem(sys.modules, "biasstudio.engine.train", None)
    worker = ModelWorker()
    with qtbot.waitSignal(worker.failed, timeout=30_000):
        worker.start()
    for _ in range(2):
        with qtbot.waitSignal(worker.buildFailed, timeout=30_000) as failed:
            worker.send(Build(moons()))
        assert "TensorFlow could not be loaded" in str(failed.args[0].error)
    with qtbot.waitSignal(worker.finished, timeout=30_000):
        worker.send(Close())
