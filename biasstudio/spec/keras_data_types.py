"""Catalogue of the data sets that Keras knows by name, as its documentation describes them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from biasstudio.spec.arguments import Argument
from biasstudio.spec.data_set_types import NONE, PIXELS, SCALING, STANDARDISE, DataSetType, loss_for

SHARE, TEST_PART = "share", "test part"
VALIDATION = Argument(
    "validation",
    "choice",
    SHARE,
    "What validates: the validation share of the training part; or the test part, so that all of the training part "
    "trains.",
    choices=(SHARE, TEST_PART),
)
CHANNEL = Argument("channel", "boolean", True, "A sample is (28, 28, 1), as convolutions take it, and not (28, 28).")
_PIXELS = replace(SCALING, default=PIXELS)
_COLUMNS = replace(SCALING, default=STANDARDISE, choices=(NONE, STANDARDISE))
_WORDS = (
    Argument(
        "num_words", "integer", 10_000, "Rarer words than so many become the number 2.", 4, 1_000_000, unset="all"
    ),
    Argument("maxlen", "integer", 200, "Words of each text: its last ones, with zeros before short texts.", 1, 10_000),
    VALIDATION,
)
_GROUP = "Keras's data sets"

_FASHION = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
_CIFAR10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_CIFAR100 = _names(
    """apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle
    caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant
    flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree
    motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate
    poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper snail snake spider
    squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip turtle
    wardrobe whale willow_tree wolf woman worm"""
)
_CIFAR100_COARSE = _names(
    """aquatic_mammals fish flowers food_containers fruit_and_vegetables household_electrical_devices
    household_furniture insects large_carnivores large_man-made_outdoor_things large_natural_outdoor_scenes
    large_omnivores_and_herbivores medium_mammals non-insect_invertebrates people reptiles small_mammals trees
    vehicles_1 vehicles_2"""
)
_REUTERS = _names(
    """cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves ship cotton carcass
    crude nat-gas cpi money-fx interest gnp meal-feed alum oilseed gold tin strategic-metal livestock retail ipi
    iron-steel rubber heat jobs lei bop zinc orange pet-chem dlr gas silver wpi hog lead"""
)
_REUTERS_COUNTS = tuple(
    map(
        int,
        _names(
            """55 432 74 3159 1949 17 48 16 139 101 124 390 49 172 26 20 444 39 66 549 269 100 15 41 62 92 24 15 48 19
            45 39 32 11 50 10 49 19 19 24 36 30 13 21 12 18"""
        ),
    )
)
_DIGIT_COUNTS = (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949)


def _image_shape(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    return {} if parameters["channel"] else {"sample_shape": (28, 28)}


def _text_shape(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"sample_shape": (parameters["maxlen"],)}


def _superclasses(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    if parameters["labels"] == "fine":
        return {}
    return {"classes": 20, "class_names": _CIFAR100_COARSE, "counts": (2500,) * 20}


def _classes(
    name: str,
    title: str,
    description: str,
    shape: tuple[int, ...],
    counts: dict[str, int],
    parameters: tuple[Argument, ...],
    epochs: int = 3,
) -> DataSetType:
    names, loss = tuple(counts), loss_for(len(counts))
    return DataSetType(
        name, title, description, shape, len(names), names, parameters, loss, epochs, _GROUP, tuple(counts.values())
    )


def _numbers(name: str, title: str, description: str, features: int, lowest: float, highest: float) -> DataSetType:
    return DataSetType(
        name,
        title,
        description,
        (features,),
        0,
        (),
        (_COLUMNS, VALIDATION),
        loss_for(0),
        30,
        _GROUP,
        target_range=(lowest, highest),
    )


KERAS_TYPES = (
    replace(
        _classes(
            "keras_mnist",
            "MNIST",
            "60,000 handwritten digits, and 10,000 as test part",
            (28, 28, 1),
            {str(digit): count for digit, count in enumerate(_DIGIT_COUNTS)},
            (_PIXELS, CHANNEL, VALIDATION),
        ),
        changed_by=_image_shape,
    ),
    replace(
        _classes(
            "keras_fashion_mnist",
            "Fashion MNIST",
            "60,000 pictures of clothes, and 10,000 as test part",
            (28, 28, 1),
            dict.fromkeys(_FASHION, 6000),
            (_PIXELS, CHANNEL, VALIDATION),
        ),
        changed_by=_image_shape,
    ),
    _classes(
        "keras_cifar10",
        "CIFAR-10",
        "50,000 small photographs of ten things, and 10,000 as test part",
        (32, 32, 3),
        dict.fromkeys(_CIFAR10, 5000),
        (_PIXELS, VALIDATION),
        epochs=5,
    ),
    replace(
        _classes(
            "keras_cifar100",
            "CIFAR-100",
            "50,000 small photographs of a hundred things, and 10,000 as test part",
            (32, 32, 3),
            dict.fromkeys(_CIFAR100, 500),
            (
                Argument(
                    "labels", "choice", "fine", "100 classes, or the 20 they fall into.", choices=("fine", "coarse")
                ),
                _PIXELS,
                VALIDATION,
            ),
            epochs=10,
        ),
        changed_by=_superclasses,
    ),
    replace(
        _classes(
            "keras_imdb",
            "IMDB reviews",
            "25,000 reviews of films as numbers of words, and 25,000 as test part",
            (200,),
            {"negative": 12_500, "positive": 12_500},
            _WORDS,
        ),
        changed_by=_text_shape,
    ),
    replace(
        _classes(
            "keras_reuters",
            "Reuters newswires",
            "8,982 newswires on 46 topics as numbers of words, and 2,246 as test part",
            (200,),
            dict(zip(_REUTERS, _REUTERS_COUNTS, strict=True)),
            _WORDS,
            epochs=10,
        ),
        changed_by=_text_shape,
    ),
    _numbers(
        "keras_california_housing",
        "California housing",
        "16,512 districts, 8 figures of each, and 4,128 as test part; the median price of a house in dollars",
        8,
        14_999.0,
        500_001.0,
    ),
    _numbers(
        "keras_boston_housing",
        "Boston housing",
        "404 districts, 13 figures of each, and 102 as test part; the median price of a house in 1,000 dollars. One "
        "figure, B, is an ethical problem: see Keras's documentation",
        13,
        5.0,
        50.0,
    ),
)
"""`counts` are those of the training part."""
