"""What each sample is expected to open as."""

from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.stack import Stack

PRESENT = Experiment(Stack((28, 28, 1)).add("Flatten").add("Dense"), DataSet.of("mnist_odd_even"), Training(seed=11))
"""What is in the window before."""
