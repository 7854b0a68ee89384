"""bias-before-batchnorm: a BatchNormalization takes away what a linear bias before it adds."""

from collections.abc import Iterator

from biasstudio.doctor.case import Case
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.doctor.normalising import normalised_by
from biasstudio.doctor.remedy import Remedy


def bias_before_batchnorm(case: Case) -> Iterator[Finding]:
    """The mean over the batch is subtracted, and with it whatever is the same for all samples (arXiv 1502.03167)."""
    for layer in case.layers:
        normalising = normalised_by(case, layer)
        if normalising is None:
            continue
        beta = normalising.layer is not None and normalising.layer.get("center")
        yield Finding(
            "bias-before-batchnorm",
            Severity.NOTE,
            layer.name,
            f"The bias of {layer.name} has no effect: {normalising.name} takes it away.",
            f"{normalising.name} subtracts the mean over the batch, and a bias that comes to it unchanged is part of "
            f"that mean. Its gradient is 0 but for rounding. "
            + (f"The beta of {normalising.name} does the bias's work." if beta else ""),
            f"Switch the bias of {layer.name} off.",
            why="These parameters cost memory and time, and their values mean nothing.",
            source="https://arxiv.org/abs/1502.03167",
            remedy=Remedy(f"Switch the bias of {layer.name} off", layers=((layer.name, (("use_bias", False),)),)),
        )
