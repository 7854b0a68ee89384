"""What of a model's file may be built: Keras's own classes and functions, each by its name. All else is refused.

A test compares these lists with the installed Keras: what is neither known nor refused makes it fail.
"""

_ND = ("1D", "2D", "3D")


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


LAYERS = (
    _names(
        "Activation ActivityRegularization Add AdditiveAttention AlphaDropout Attention AutoContrast Average "
        "BatchNormalization Bidirectional CategoryEncoding CenterCrop Concatenate Dense DepthwiseConv1D "
        "DepthwiseConv2D Discretization Dot Dropout ELU EinsumDense Embedding Equalization Flatten GRU "
        "GRUCell GaussianDropout GaussianNoise GroupNormalization GroupQueryAttention "
        "Hashing Identity InputLayer LSTM LSTMCell LayerNormalization LeakyReLU Masking Maximum Minimum "
        "MultiHeadAttention Multiply Normalization PReLU Permute RMSNormalization RNN RandomBrightness "
        "RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop RandomErasing RandomFlip "
        "RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization "
        "RandomRotation RandomSaturation RandomSharpness RandomShear RandomTranslation RandomZoom ReLU "
        "RepeatVector Rescaling Reshape Resizing ReversibleEmbedding SeparableConv1D SeparableConv2D "
        "SeparableConvolution1D SeparableConvolution2D SimpleRNN SimpleRNNCell Softmax Solarization "
        "SpectralNormalization StackedRNNCells Subtract TimeDistributed UnitNormalization"
    )
    | {
        name + dimensions
        for name in _names(
            "AdaptiveAveragePooling AdaptiveMaxPooling AveragePooling AvgPool Conv ConvLSTM Convolution Cropping "
            "GlobalAveragePooling GlobalAvgPool GlobalMaxPool GlobalMaxPooling MaxPool MaxPooling SpatialDropout "
            "UpSampling ZeroPadding"
        )
        for dimensions in _ND
    }
    | {f"{name}{dimensions}Transpose" for name in ("Conv", "Convolution") for dimensions in _ND}
)

_RUNS_CODE = "it holds Python code, which Bias Studio never runs"
_LOADS = "it loads another program's model, which Bias Studio never does"
_READS = "it may read a vocabulary from another file, which Bias Studio never does"
_NOT_HERE = "it is for preparing data, and no network is trained through it here"

REFUSED_LAYERS = {
    "Lambda": _RUNS_CODE,
    "TFSMLayer": _LOADS,
    "TorchModuleWrapper": _RUNS_CODE,
    "JaxLayer": _RUNS_CODE,
    "FlaxLayer": _RUNS_CODE,
    "StringLookup": _READS,
    "IntegerLookup": _READS,
    "TextVectorization": _READS,
    "HashedCrossing": _NOT_HERE,
    "AugMix": _NOT_HERE,
    "ContrastLimitedAdaptiveHistogramEqualization": _NOT_HERE,
    "CutMix": _NOT_HERE,
    "MaxNumBoundingBoxes": _NOT_HERE,
    "MelSpectrogram": _NOT_HERE,
    "MixUp": _NOT_HERE,
    "Pipeline": _NOT_HERE,
    "RandAugment": _NOT_HERE,
    "RandomElasticTransform": _NOT_HERE,
    "STFTSpectrogram": _NOT_HERE,
    "Layer": "it is a layer without any function",
    "Wrapper": "it is a wrapper without any function",
}

SEQUENTIAL, FUNCTIONAL = "keras.models", "keras.src.models.functional"
MODELS = frozenset(("Sequential", "Functional", "Model"))
_MODULES_OF_MODELS = frozenset(
    (
        "keras",
        "keras.models",
        "keras.src.models.functional",
        "keras.src.models.sequential",
        "keras.src.models.model",
        "keras.src.engine.functional",
        "keras.src.engine.sequential",
        "keras.src.engine.training",
        "keras.engine.functional",
    )
)
INITIALIZERS = _names(
    "Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity IdentityInitializer LecunNormal "
    "LecunUniform Ones Orthogonal OrthogonalInitializer RandomNormal RandomUniform TruncatedNormal "
    "VarianceScaling Zeros"
)
REGULARIZERS = frozenset(("L1", "L2", "L1L2", "OrthogonalRegularizer"))
CONSTRAINTS = frozenset(("MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"))
POLICIES = frozenset(("DTypePolicy", "FloatDTypePolicy", "QuantizedDTypePolicy", "QuantizedFloat8DTypePolicy"))

# What a functional model records of arithmetic on its tensors. None of them takes a function.
_OPERATIONS = {
    "keras.src.ops.numpy": _names(
        "Abs Absolute Add Amax Amin Append Average BroadcastTo Clip Concatenate Cos Divide DivideNoNan Einsum "
        "Exp ExpandDims Expm1 Flip FloorDivide GetItem Log Log10 Log1p Log2 Matmul Max Maximum Mean Min "
        "Minimum Mod Moveaxis Multiply Negative Pad Power Prod Ravel Reciprocal Repeat Reshape Roll Sign Sin "
        "Split Sqrt Square Squeeze Stack Std Subtract Sum Swapaxes Take Tanh Tensordot Tile Transpose "
        "TrueDivide Var Where"
    ),
    "keras.src.ops.nn": _names(
        "Celu Elu Gelu Glu HardSigmoid HardSilu HardTanh LeakyRelu LogSigmoid LogSoftmax Normalize Relu Relu6 "
        "Selu Sigmoid Silu Softmax Softplus Softsign Sparsemax Squareplus"
    ),
    "keras.src.ops.core": frozenset(("Cast", "StopGradient", "Unstack")),
    "keras.src.ops.math": frozenset(("Erf", "Logsumexp", "Rsqrt")),
}

FUNCTIONS = _names(
    "celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu "
    "linear log_sigmoid log_softmax mish relu relu6 selu sigmoid silu swish soft_shrink softmax softplus "
    "softsign sparse_plus sparse_sigmoid sparsemax squareplus tanh tanh_shrink threshold"
)

_BY_MODULE = {
    "keras.layers": LAYERS,
    "keras.initializers": INITIALIZERS,
    "keras.regularizers": REGULARIZERS,
    "keras.constraints": CONSTRAINTS,
    "keras.dtype_policies": POLICIES,
    **_OPERATIONS,
}


def module_of(class_name: str, module: object) -> str | None:
    """The module that Keras 3 finds a known class by; None for one that isn't known.

    Files of Keras 2 name no module.
    """
    if module is not None and not isinstance(module, str):
        return None
    if class_name in MODELS and (module is None or module in _MODULES_OF_MODELS):
        return SEQUENTIAL if class_name == "Sequential" else FUNCTIONAL
    if module == "keras":
        return "keras.dtype_policies" if class_name in POLICIES else None
    if module is not None:
        return module if class_name in _BY_MODULE.get(module, ()) else None
    if class_name == "Policy":
        return "keras.dtype_policies"
    return next((name for name, known in _BY_MODULE.items() if class_name in known), None)
