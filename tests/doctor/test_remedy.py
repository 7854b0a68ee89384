"""What a remedy is called in the name of a run."""

import pytest

from biasstudio.doctor.remedy import Remedy
from biasstudio.spec.initializers import Initializer

HALVES = Initializer.of("Constant", value=0.5)
ZEROS = (("bias_initializer", Initializer.of("Zeros")),)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"layers": (("dense_1", (("activation", "leaky_relu"),)),)}, "leaky_relu"),
        ({"layers": (("dense", ZEROS),)}, "zeros"),
        ({"layers": (("dense", ZEROS), ("dense_1", ZEROS))}, "zeros"),
        (
            {"layers": (("dense", (("bias_initializer", HALVES),)),)},
            "constant, value 0.5",
        ),
        ({"layers": (("dense", (("use_bias", False),)),)}, "bias off"),
        ({"layers": (("dense", (("unit_forget_bias", True),)),)}, "unit forget bias on"),
        ({"layers": (("dense", (("bias_regularizer", None),)),)}, "bias regularizer off"),
        ({"training": (("learning_rate", 0.1),)}, "learning rate 0.1"),
        ({"training": (("loss", "sparse_categorical_crossentropy"),)}, "sparse categorical cross-entropy"),
        ({"inserted": ((0, "Normalization", ()),)}, "Normalization"),
        # What a few words don't say.
        ({"training": (("learning_rate", 0.1), ("optimizer_settings", {"global_clipnorm": 1.0}))}, ""),
        ({"training": (("loss_settings", {"from_logits": True}),)}, ""),
        ({"layers": (("dense", (("bias_initializer", Initializer.of("Constant", value=[0.125] * 9)),)),)}, ""),
        ({"inserted": ((0, "Normalization", ()),), "training": (("loss", "mse"),)}, ""),
        ({}, ""),
    ],
)
def test_few_words(changes, expected):
    assert Remedy("Do it", **changes).brief == expected
