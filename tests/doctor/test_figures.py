"""How findings write numbers."""

import ast
import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biasstudio.doctor.diagnose import diagnose
from biasstudio.doctor.figures import as_float32, figure, figures, typed
from tests.benchmarks.doctor_fixes import faults
from tests.doctor.cases import case_on

FINITE = st.floats(-1e30, 1e30, allow_subnormal=False)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (-0.0057928, "−0.005793"),
        (20000, "20,000"),
        (28812.3, "28,810"),
        (347213.4, "347,200"),
        (999_999, "1e6"),
        (8.03e7, "8.03e7"),
        (-1e-5, "−1e−5"),
        (np.float32(0.1), "0.1"),
        (np.nan, "NaN"),
        (-np.inf, "−inf"),
    ],
)
def test_one_notation(value, text):
    assert figure(value) == text


@given(FINITE, st.integers(1, 7))
def test_what_is_read_is_the_number(value, digits):
    text = figure(value, digits)
    assert "-" not in text
    assert "+" not in text
    read = float(text.replace("−", "-").replace(",", ""))
    assert math.isclose(read, value, rel_tol=0.5001 * 10 ** (1 - digits), abs_tol=0)


@given(st.lists(FINITE, min_size=1, max_size=4))
def test_what_is_typed_is_python(values):
    read = ast.literal_eval(typed(values))
    assert (read if isinstance(read, list) else [read] * len(values)) == [as_float32(value) for value in values]


def test_several():
    assert figures([1.5, 1.5]) == "1.5"
    assert figures([-1.2, 0.4, 0.8, 0.1, 0.2]) == "−1.2, 0.4, 0.8, 0.1 …"
    assert figures([1200, 3400]) == "1,200; 3,400"
    assert typed([347200.0, 347200.0]) == "347200.0"


def test_no_finding_writes_numbers_in_another_way():
    """A hyphen as a minus, an exponent with a plus, or ten thousand without a comma: but in what is typed."""
    found = [
        finding
        for fault in faults()
        for finding in diagnose(case_on(fault.x, np.asarray(fault.y, np.float32), fault.stack, **fault.training))
    ]
    assert len({finding.id for finding in found}) > 8
    for finding in found:
        typed_in = re.sub(
            r"Constant\([^)]*\)|arXiv \S+|\w+\([^)]*=[^)]*\)", "", " ".join((finding.evidence, finding.fix))
        )
        remedy = finding.remedy.text if finding.remedy is not None else ""
        for text in (typed_in, remedy, finding.message):
            assert not re.search(r"(^|[\s(\[])-\d|\de\+|\de-\d|(?<![\d,.])\d{5,}", text), text
