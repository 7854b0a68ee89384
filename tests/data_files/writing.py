"""Files of a person's own, as tests need them."""

from biasstudio.data_files.proposal import with_found
from biasstudio.spec.data_sets import DATA_SET_TYPES


def parameters(name, **given):
    """Defaults for what is not given."""
    known = {argument.name: argument.default for argument in DATA_SET_TYPES[name].parameters}
    return known | given


def found(name, **given):
    """The data set of these parameters."""
    return with_found(name, parameters(name, **given))
