"""Facts of arrays against NumPy's own figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from biasstudio.doctor.data_facts import MOST_SAMPLES, evenly, facts_of

NUMBERS = st.floats(-1e6, 1e6, width=32)


@given(arrays.arrays(np.float32, arrays.array_shapes(min_dims=1, max_dims=4, max_side=5), elements=NUMBERS))
def test_inputs_of_any_shape(x):
    facts = facts_of(x)
    axes = tuple(range(x.ndim - 1)) if x.ndim > 1 else (0,)
    values = x.astype(np.float64)
    assert (facts.samples, facts.total, facts.shape, facts.target) == (len(x), len(x), x.shape[1:], None)
    assert np.allclose(facts.mean, values.mean(axes))
    assert np.allclose(facts.deviation, values.std(axes), atol=1e-6)
    assert np.array_equal(facts.low, np.atleast_1d(values.min(axes)))
    assert np.array_equal(facts.high, np.atleast_1d(values.max(axes)))


@given(arrays.arrays(np.float64, st.tuples(st.integers(1, 9), st.integers(1, 3)), elements=NUMBERS))
def test_targets(y):
    target = facts_of(np.zeros((len(y), 2)), y).target
    assert np.allclose(target.median, np.median(y, 0))
    assert np.allclose(target.deviation, y.std(0), atol=1e-6)
    assert target.shape == y.shape[1:]
    assert np.array_equal(target.values, y)


@pytest.mark.parametrize(
    ("y", "counts", "one_hot"),
    [
        ([0, 2, 2, 1], [1, 1, 2], False),
        ([0.0, 2.0], [1, 0, 1], False),
        ([0.5, 1.0], None, False),
        ([-1, 1], None, False),
        ([True, False, True], [1, 2], False),
        ([[0, 1], [1, 0]], [2, 2], True),
        ([[0, 1], [1, 1]], [1, 3], False),
        ([[1], [0]], [1, 1], False),
        ([1e12, 0], None, False),
    ],
)
def test_labels_are_counted_and_one_hot_rows_known(y, counts, one_hot):
    target = facts_of(np.zeros(len(y)), np.array(y)).target
    assert (None if target.counts is None else list(target.counts)) == counts
    assert target.one_hot is one_hot


@given(st.integers(1, 2_000), st.integers(1, 2_000))
def test_samples_are_taken_evenly(count, most):
    at = evenly(count, most)
    assert len(at) == min(count, most)
    assert at[0] == 0
    assert at[-1] < count
    assert len(at) == 1 or np.ptp(np.diff(at)) <= 1


def test_of_many_samples_some_are_looked_at():
    x = np.arange(MOST_SAMPLES * 3, dtype=np.float32).reshape(-1, 1)
    facts = facts_of(x, x)
    assert (facts.samples, facts.total) == (MOST_SAMPLES, 3 * MOST_SAMPLES)
    assert facts.mean[0] == pytest.approx(x.mean(dtype=np.float64), rel=1e-4)
    assert facts_of(np.zeros((2_000, 100, 100, 3), np.int8)).samples == 20_000_000 // 30_000


def test_what_holds_no_numbers_is_refused():
    for x in (np.array(["a"]), np.empty((0, 3)), np.float32(1)):
        with pytest.raises(ValueError, match="x must hold"):
            facts_of(x)
    with pytest.raises(ValueError, match="y must hold"):
        facts_of(np.ones((2, 2)), np.array([None, 1]))
    assert facts_of(np.array([np.inf, 1]), np.array([np.nan, 1])).target is None
