"""constant-inputs: every sample is the same, so that there is nothing to tell one from another by."""

from collections.abc import Iterator

from biasstudio.doctor.case import Case
from biasstudio.doctor.finding import Finding, Severity


def constant_inputs(case: Case) -> Iterator[Finding]:
    """Single inputs that never change are common, and nothing is said of them."""
    data = case.data
    # What a layer of somebody's own draws at random isn't known.
    if data is None or not data.all_alike or not case.layers or any(layer.layer is None for layer in case.layers):
        return
    target = data.target
    differ = target is not None and not target.all_alike
    yield Finding(
        "constant-inputs",
        Severity.ERROR if differ else Severity.WARNING,
        case.layers[0].name,
        "Every sample is the same.",
        f"All inputs of the {data.samples:,} samples looked at are equal, to the last digit"
        + (", and their targets differ." if differ else "."),
        "Look at how the inputs are read and scaled: their values were lost there, or were never in them.",
        why="The network can only give one answer for all, which its biases alone could learn.",
        source="https://scikit-learn.org/stable/modules/feature_selection.html#removing-features-with-low-variance",
    )
