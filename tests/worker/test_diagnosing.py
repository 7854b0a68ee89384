"""The worker looks at its network when it is built, held and trained, and tells what goes into a unit."""

import time

import numpy as np
import pytest

from biasstudio.doctor.contribution import NoContribution
from biasstudio.engine.biases import read_frame
from biasstudio.engine.build import build_network
from biasstudio.engine.train import recorder_of, train
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.initializers import Initializer
from biasstudio.worker import model_worker, network_doctor
from biasstudio.worker.messages import Build, Pause, ReadContribution, Stop, TakeStep, Train, WorkerState
from tests.experiments import moons

DEAD = Initializer.of("Constant", value=-10.0)


def dead_moons(**training):
    experiment = moons(**training)
    return Experiment(experiment.stack.change("dense", bias_initializer=DEAD), experiment.data, experiment.training)


def after(qtbot, signal, worker, command):
    with qtbot.waitSignal(signal, timeout=60_000) as seen:
        worker.send(command)
    return seen.args[0]


def ids(diagnosis):
    return [finding.id for finding in diagnosis.findings if finding.severity.name != "NOTE"]


def test_a_network_that_stands_is_looked_at(qtbot, worker):
    first = after(qtbot, worker.diagnosed, worker, Build(dead_moons(epochs=1)))
    assert (first.step, ids(first), first.probe.samples) == (0, ["dead-relu"], 100)
    assert np.abs(first.probe.gradients["dense/bias"]).max() == 0
    again = after(qtbot, worker.diagnosed, worker, Build(moons(epochs=1)))
    assert (again.step, ids(again)) == (0, [])
    ended = after(qtbot, worker.trainingEnded, worker, Train(moons(epochs=1)))
    assert worker.diagnoses[-1].step == ended.step == 29
    assert worker.diagnoses[-1].findings == ended.findings
    assert worker.diagnoses[-1].probe is not None
    assert worker.faults == []


def test_what_follows_an_edit_at_once_is_not_waited_for(qtbot, worker, monkeypatch):
    # So long that a busy machine is no pause.
    monkeypatch.setattr(model_worker, "IDLE_SECONDS", 3.0)
    after(qtbot, worker.built, worker, Build(moons()))
    for seed in range(6):
        after(qtbot, worker.built, worker, Build(moons(seed=seed)))
    assert worker.diagnoses == []
    with qtbot.waitSignal(worker.diagnosed, timeout=60_000):
        pass


def test_a_pause_is_looked_at_once_at_its_very_step(qtbot, worker, monkeypatch):
    # A look is always due: on a busy machine it may be.
    monkeypatch.setattr(network_doctor, "SECONDS_BETWEEN", 0.0)
    long = dead_moons(epochs=10_000)
    built = []
    worker.built.connect(built.append)
    after(qtbot, worker.diagnosed, worker, Build(long))
    history = built[0].history
    for step in (1, 2):
        held = after(qtbot, worker.diagnosed, worker, TakeStep(long))
        assert (held.step, history.last_step) == (step, step)
        assert ids(held) == ["dead-relu"]
    with qtbot.waitSignal(
        worker.stateChanged, timeout=30_000, check_params_cb=lambda state: state is WorkerState.READY
    ):
        worker.send(Stop())


def test_training_is_looked_at_within_its_share_and_each_time_as_it_stands(qtbot, worker, monkeypatch):
    looks = []

    def look(doctor):
        started = time.monotonic()
        diagnosis = plain(doctor)
        recorded = doctor.network.history.frame(diagnosis.step)
        same = np.array_equal(recorded, read_frame(doctor.network.bias_variables))
        looks.append((started, time.monotonic() - started, same))
        return diagnosis

    plain = network_doctor.NetworkDoctor.look
    monkeypatch.setattr(network_doctor, "SECONDS_BETWEEN", 0.0)
    monkeypatch.setattr(network_doctor, "_MOST_SHARE", 0.05)
    monkeypatch.setattr(network_doctor.NetworkDoctor, "look", look)
    long = moons(epochs=10_000)
    after(qtbot, worker.diagnosed, worker, Build(long))
    looks.clear()
    worker.send(Train(long))
    qtbot.waitUntil(lambda: len(looks) >= 8, timeout=30_000)
    share = sum(seconds for _, seconds, _ in looks[:-1]) / (looks[-1][0] - looks[0][0])
    with qtbot.waitSignal(worker.trainingEnded, timeout=30_000):
        worker.send(Stop())
    assert share < 0.055
    assert all(same for _, _, same in looks)
    steps = [diagnosis.step for diagnosis in worker.diagnoses[1:]]
    assert len(set(steps)) >= 8
    assert all(diagnosis.probe is not None for diagnosis in worker.diagnoses)


def test_looking_leaves_the_training_bit_for_bit_as_it_was(qtbot, worker, monkeypatch):
    def last_frame(seconds):
        monkeypatch.setattr(network_doctor, "SECONDS_BETWEEN", seconds)
        monkeypatch.setattr(network_doctor, "_MOST_SHARE", 1.0)
        worker.diagnoses.clear()
        after(qtbot, worker.diagnosed, worker, Build(moons(epochs=6)))
        history = after(qtbot, worker.built, worker, Build(moons(epochs=6))).history
        ended = after(qtbot, worker.trainingEnded, worker, Train(moons(epochs=6)))
        return len(worker.diagnoses), history.frame(ended.step)

    (few, plain), (many, looked_at) = last_frame(600.0), last_frame(0.0)
    assert few < many
    assert np.array_equal(plain, looked_at)


def test_a_network_that_does_not_fit_its_data_is_judged_without_a_look(qtbot, worker):
    experiment = moons()
    stack = experiment.stack.change("dense_1", units=3)
    diagnosis = after(qtbot, worker.diagnosed, worker, Build(Experiment(stack, experiment.data, experiment.training)))
    assert diagnosis.probe is None
    told = after(qtbot, worker.contributionRead, worker, ReadContribution("dense/bias", 0))
    assert isinstance(told, NoContribution)
    assert "3 outputs" in told.sentence
    assert worker.faults == []


def test_what_goes_into_a_unit_is_told_at_rest_while_held_and_in_training(qtbot, worker):
    told = after(qtbot, worker.contributionRead, worker, ReadContribution("dense/bias", 0))
    assert told.sentence == "There is no network yet."
    long = dead_moons(epochs=10_000)
    after(qtbot, worker.built, worker, Build(long))
    told = after(qtbot, worker.contributionRead, worker, ReadContribution("dense/bias", 3))
    assert (told.step, told.bias, told.is_dead, len(told.samples)) == (0, -10.0, True, 100)
    told = after(qtbot, worker.contributionRead, worker, ReadContribution("dense/bias", 3, 5))
    assert list(told.samples) == [5]
    after(qtbot, worker.progressed, worker, Train(long))
    told = after(qtbot, worker.contributionRead, worker, ReadContribution("dense_1/bias", 0, 5))
    assert told.step > 0
    with qtbot.waitSignal(
        worker.stateChanged, timeout=30_000, check_params_cb=lambda state: state is WorkerState.PAUSED
    ):
        worker.send(Pause())
    told = after(qtbot, worker.contributionRead, worker, ReadContribution("dense_1/bias", 0, 5))
    assert told.pre_activation == pytest.approx(told.from_inputs + told.bias)
    with qtbot.waitSignal(worker.trainingEnded, timeout=30_000):
        worker.send(Stop())


def test_a_fault_in_looking_is_told_once_and_the_training_goes_on(qtbot, worker, monkeypatch):
    def broken(_case):
        raise RuntimeError("a rule broke")

    after(qtbot, worker.built, worker, Build(moons(epochs=2)))
    monkeypatch.setattr(network_doctor, "diagnose", broken)
    ended = after(qtbot, worker.trainingEnded, worker, Train(moons(epochs=2)))
    assert (ended.reason, ended.step, ended.findings) == ("finished", 58, ())
    ((sentence, _details),) = worker.faults
    assert sentence == "The network can't be examined: RuntimeError: a rule broke"
    worker.faults.clear()


def test_what_was_trained_while_other_things_learned_is_not_judged_by_the_present_choice(monkeypatch):
    network, cases = build_network(moons(epochs=1)), []
    monkeypatch.setattr(network_doctor, "diagnose", lambda case: cases.append(case) or ())
    doctor = network_doctor.NetworkDoctor(network, network.experiment)
    doctor.start_training(network, network.experiment)
    with recorder_of(network) as recorder:
        train(network, network.experiment.training, lambda: False, recorder)
    doctor.findings_unseen()
    doctor.start_training(network, network.experiment.change_training(epochs=7))
    doctor.findings_unseen()
    doctor.start_training(network, network.experiment.change_training(biases_only=True))
    doctor.findings_unseen()
    assert [case.trajectory is None for case in cases] == [False, False, True]
