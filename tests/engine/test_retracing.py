"""TensorFlow warns on the terminal of what is traced again and again: in a process of its own nothing is."""

import subprocess
import sys

SCRIPT = """
import keras, numpy as np
from biasstudio import BiasRecorder, diagnose
from biasstudio.engine.biases import find_biases
from biasstudio.engine.build import build_network
from biasstudio.engine.evaluation import Evaluation
from biasstudio.engine.probe import Prober
from tests.experiments import moons

x, y = np.ones((96, 4), "float32"), np.zeros(96, "float32")

def made():
    dense = keras.layers.Dense
    model = keras.Sequential([keras.Input((4,)), dense(3, activation="relu"), dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    return model

def fit(model, batch_size):
    with BiasRecorder(diagnose=True) as recorder:
        model.fit(x, y, batch_size=batch_size, verbose=0, callbacks=[recorder])

for _ in range(5):  # one model after another
    model = made()
    fit(model, 24)
    diagnose(model, x, y)
for _ in range(5):  # one model again and again: Keras alone traces it once
    fit(model, 96)
for _ in range(5):
    network = build_network(moons())
    samples = np.zeros((8, 2), "float32"), np.zeros(8, "float32")
    Prober(network.model, find_biases(network.model), network.model.loss).probe(*samples, 0)
    Evaluation(network).figures([samples], lambda: False)
    diagnose(moons())
print("done")
"""


def test_no_warning_of_retracing():
    ran = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=100)
    assert ran.stdout == "done\n", ran.stderr
    assert "retracing" not in ran.stderr
