"""key-bias: the bias of an attention's keys changes nothing."""

from collections.abc import Iterator

from biasstudio.doctor.case import Case
from biasstudio.doctor.finding import Finding, Severity


def key_bias(case: Case) -> Iterator[Finding]:
    """q (k + b) = q k + q b: softmax doesn't see what is added to the scores of all keys (arXiv 2302.08626)."""
    for layer in case.layers:
        if layer.class_name in ("MultiHeadAttention", "GroupQueryAttention") and layer.has_own_bias:
            yield Finding(
                "key-bias",
                Severity.NOTE,
                layer.name,
                f"The key bias of {layer.name} has no effect.",
                "It adds the same number to the scores of all positions that a query looks at, and softmax over them "
                "gives the same shares. Its gradient is 0 but for rounding.",
                "Nothing needs to be done; read nothing into its values.",
                why="A bias that moves by rounding alone can look as if it learned.",
                source="https://arxiv.org/abs/2302.08626",
            )
