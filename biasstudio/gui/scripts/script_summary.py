"""An experiment that was read from a script, in few lines."""

from biasstudio.gui.stack_editor.summary import layer_summary, shape_text
from biasstudio.spec.experiment import Experiment
from biasstudio.spec.losses import LOSS_TYPES


def summary_lines(experiment: Experiment) -> list[tuple[str, str]]:
    """Title and details of the input and of each layer, in order."""
    stack = experiment.stack
    layers = [(layer.class_name, layer_summary(layer)) for layer in stack.layers]
    return [("Input", shape_text(stack.input_shape)), *layers]


def training_in_words(experiment: Experiment) -> str:
    """Two moons · Adam 0.001 · binary cross-entropy · 3 epochs of batches of 32 · seed 0."""
    training = experiment.training
    epochs = "1 epoch" if training.epochs == 1 else f"{training.epochs:,} epochs"
    return " · ".join(
        [
            experiment.data.type.title,
            f"{training.optimizer} {training.learning_rate:g}",
            LOSS_TYPES[training.loss].title,
            f"{epochs} of batches of {training.batch_size:,}",
            f"seed {training.seed}",
        ]
    )
