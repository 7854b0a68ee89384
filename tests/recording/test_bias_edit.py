"""An edit by hand in words: whoever reads the text gets the very same float32 values."""

import json
import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from biasstudio.recording.bias_edit import differing_units, edit_in_words
from biasstudio.recording.network import BiasVector

FINITE = st.floats(width=32, allow_nan=False, allow_infinity=False)
ANY = st.floats(width=32)


@given(st.lists(FINITE, min_size=1, max_size=12), st.data())
def test_a_text_gives_path_units_and_values_again(numbers, data):
    values = np.array(numbers, np.float32)
    units = np.array(sorted(data.draw(st.sets(st.integers(0, len(values) - 1), min_size=1))))
    text = edit_in_words(BiasVector("a/b/bias", (len(values),), "a", "unit"), units, values)
    path, indexes, listed = re.fullmatch(r"(\S+)(?: (\[.*?\]))? = (\[.*\])", text).groups()
    assert path == "a/b/bias"
    assert (json.loads(indexes) if indexes else list(range(len(values)))) == units.tolist()
    read = np.array(json.loads(listed), np.float64).astype(np.float32)
    assert read.tobytes() == values[units].tobytes()


@given(st.lists(st.tuples(ANY, ANY), max_size=12))
def test_units_differ_where_a_bit_does(pairs):
    one, other = (np.array([pair[side] for pair in pairs], np.float32) for side in (0, 1))
    expected = [place for place in range(len(pairs)) if one[place].tobytes() != other[place].tobytes()]
    assert differing_units(one, other).tolist() == expected


def test_it_is_readable():
    vector = BiasVector("conv2d/bias", (4,), "conv2d", "channel")
    values = np.array([0.1, 0.5, -0.25, 1e-7], np.float32)
    assert edit_in_words(vector, np.array([1, 3]), values) == "conv2d/bias [1, 3] = [0.5, 1e-07]"
    assert edit_in_words(vector, np.arange(4), values) == "conv2d/bias = [0.1, 0.5, -0.25, 1e-07]"
