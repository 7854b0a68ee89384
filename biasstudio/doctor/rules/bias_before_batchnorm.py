"""bias-before-batchnorm: a BatchNormalization takes away what a linear bias before it adds."""

from collections.abc import Iterator

from biasstudio.doctor.case import Case
from biasstudio.doctor.finding import Finding, Severity
from biasstudio.doctor.network import LINEAR, NetworkLayer
from biasstudio.doctor.remedy import Remedy

# After these a bias is still the same number for every sample, in each place that is normalised.
_KEEPING = ("Flatten", "Identity", "MaxPooling", "GlobalMaxPooling", "GlobalAveragePooling", "UpSampling")


def bias_before_batchnorm(case: Case) -> Iterator[Finding]:
    """The mean over the batch is subtracted, and with it whatever is the same for all samples (arXiv 1502.03167)."""
    for layer in case.layers:
        normalising = _normalised_by(case, layer) if _has_linear_bias(layer) else None
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


def _has_linear_bias(layer: NetworkLayer) -> bool:
    plain = layer.class_name.startswith(("Dense", "Conv", "SeparableConv", "DepthwiseConv")) and not (
        layer.class_name.startswith("ConvLSTM")
    )
    return plain and layer.has_own_bias and layer.activation == LINEAR and layer.biases_learn


def _normalised_by(case: Case, layer: NetworkLayer) -> NetworkLayer | None:
    """The BatchNormalization that takes the whole of the layer's output, unchanged but for what keeps a bias."""
    while True:
        after = case.after(layer.name)
        if len(after) != 1 or len(after[0].inputs) != 1:
            return None
        layer = after[0]
        if layer.class_name == "BatchNormalization":
            return layer if _on_last_axis(layer) and not layer.frozen else None
        if not _keeps_bias(layer):
            return None


def _keeps_bias(layer: NetworkLayer) -> bool:
    if layer.layer is None:
        return False
    if layer.class_name.startswith("MaxPooling") or layer.class_name.startswith(_KEEPING):
        return True
    if layer.class_name.startswith("AveragePooling"):
        return True
    # A linear layer makes another constant of it, but where a border of zeros is added it is not the same everywhere.
    linear = layer.activation == LINEAR and (
        layer.class_name == "Dense" or layer.class_name in ("Conv1D", "Conv2D", "Conv3D")
    )
    return linear and dict(layer.layer.arguments).get("padding", "valid") == "valid"


def _on_last_axis(layer: NetworkLayer) -> bool:
    axis = layer.layer.get("axis") if layer.layer is not None else None
    rank = None if layer.input_shape is None else len(layer.input_shape)
    return axis == -1 or axis == rank
