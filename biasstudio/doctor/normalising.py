"""Which BatchNormalization takes away what a bias before it adds."""

from biasstudio.doctor.case import Case
from biasstudio.doctor.network import LINEAR, NetworkLayer
from biasstudio.spec.learning import BIASES, NOTHING

# After these a bias is still the same number for every sample, in each place that is normalised.
_KEEPING = ("Flatten", "Identity", "MaxPooling", "GlobalMaxPooling", "GlobalAveragePooling", "UpSampling")


def _has_linear_bias(layer: NetworkLayer) -> bool:
    plain = layer.class_name.startswith(("Dense", "Conv", "SeparableConv", "DepthwiseConv")) and not (
        layer.class_name.startswith("ConvLSTM")
    )
    return plain and layer.has_own_bias and layer.activation == LINEAR and layer.biases_learn


def normalised_by(case: Case, layer: NetworkLayer) -> NetworkLayer | None:
    """The BatchNormalization that takes away what the layer's linear bias adds; None where there is none.

    It takes the whole of the layer's output, unchanged but for what keeps a bias.
    """
    if not _has_linear_bias(layer):
        return None
    while True:
        after = case.after(layer.name)
        if len(after) != 1 or len(after[0].inputs) != 1:
            return None
        layer = after[0]
        if layer.class_name == "BatchNormalization":
            # Frozen, or with its statistics held, it subtracts a mean that the bias has no part in.
            held = layer.learns in (NOTHING, BIASES)
            return layer if _on_last_axis(layer) and not held else None
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
