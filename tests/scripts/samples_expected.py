"""What each sample is expected to open as, found by reading it: stack, data, training, and what is said."""

from dataclasses import dataclass
from pathlib import Path

from biasstudio.spec.data_sets import DataSet
from biasstudio.spec.experiment import Experiment, Training
from biasstudio.spec.stack import Stack

SAMPLES = Path(__file__).parent / "samples"
PRESENT = Experiment(Stack((28, 28, 1)).add("Flatten").add("Dense"), DataSet.of("mnist_odd_even"), Training(seed=11))
"""What is in the window before."""


@dataclass(frozen=True)
class Expected:
    """As telling.py tells it. `refused` is the message where no network could be read."""

    stack: tuple[str, ...] = ()
    data: str = "mnist_odd_even"
    training: str = ""
    notes: tuple[str, ...] = ()
    refused: str = ""


EXPECTED = {
    "auto_mpg_regression": Expected(
        stack=(
            "(28, 28, 1)",
            "normalization: Normalization()",
            "dense: Dense(units=64, activation=relu)",
            "dense_1: Dense(units=64, activation=relu)",
            "dense_2: Dense(units=1)",
        ),
        training="loss=mean_absolute_error, epochs=100, validation_share=0.2, seed=11",
        notes=(
            "14: The data are not read: 'auto-mpg.data' is read from the internet, which isn't done here. Other data stand in their place: choose the right ones in the window.",
            "25: What adapt sets is not read: normalization starts as it is made.",
            "29: The shape of the input is not known: it is that of the data, (28, 28, 1).",
        ),
    ),
    "autoencoder_functional": Expected(
        stack=(
            "(28, 28)",
            "flatten: Flatten()",
            "dense: Dense(units=32, activation=relu, activity_regularizer=L1, l1 0.0001)",
            "dense_1: Dense(units=784, activation=sigmoid)",
        ),
        data="keras_mnist, scaling=pixels, channel=False, validation=test part",
        training="epochs=50, batch_size=256, validation_share=0, seed=11",
        notes=(
            "10: Samples are (28, 28) here: flatten in front brings them to (784,), as the script does.",
            "27: The network is trained to give its inputs again; here its targets are those of the data.",
        ),
    ),
    "bitfit_freezing": Expected(
        stack=(
            "(30,)",
            "feature_1: Dense(units=32, activation=relu) learns nothing",
            "feature_2: Dense(units=32, activation=relu) learns weights",
            "head: Dense(units=1, activation=sigmoid)",
        ),
        data="breast_cancer, scaling=standardise, shuffled=True",
        training="optimizer=AdamW, epochs=25, batch_size=16, validation_share=0.2, seed=7, optimizer_settings={'weight_decay': 0.01, 'clipnorm': 1.0}, loss_settings={'label_smoothing': 0.05}",
        notes=(
            "10: Its labels are the other way round here: 0 is benign.",
            "33: The script keeps 20 % of the samples back, drawn at random; here the last 20 % validate.",
            "36: trainable is set after the training that is read here, and doesn't count in it.",
            "38: The network is trained further here; only the training of line 33 is read.",
        ),
    ),
    "boston_kfold_book": Expected(
        stack=(
            "(13,)",
            "dense: Dense(units=64, activation=relu)",
            "dense_1: Dense(units=64, activation=relu)",
            "dense_2: Dense(units=1)",
        ),
        data="keras_boston_housing, scaling=standardise, validation=share",
        training="loss=mean_squared_error, optimizer=RMSprop, epochs=100, batch_size=1, validation_share=0, seed=11",
        notes=("0: The script trains 4 networks, each at line 17: the last is read.",),
    ),
    "cats_dogs_generators": Expected(
        stack=(
            "(150, 150, 3)",
            "conv2d: Conv2D(filters=32, kernel_size=(3, 3), activation=relu)",
            "max_pooling2d: MaxPooling2D()",
            "conv2d_1: Conv2D(filters=64, kernel_size=(3, 3), activation=relu)",
            "max_pooling2d_1: MaxPooling2D()",
            "flatten: Flatten()",
            "dense: Dense(units=512, activation=relu)",
            "dense_1: Dense(units=1, activation=sigmoid)",
        ),
        training="optimizer=RMSprop, learning_rate=0.0001, epochs=30, batch_size=20, validation_share=0, seed=11",
        notes=(
            "24: The data are not read: 'cats_and_dogs_small/train' is not there: it is looked for in the script's folder. Other data stand in their place: choose the right ones in the window.",
            "36: steps_per_epoch of fit is not read: an epoch goes through all samples.",
        ),
    ),
    "cifar10_keras_docs": Expected(
        stack=(
            "(32, 32, 3)",
            "block1_conv1: Conv2D(filters=32, kernel_size=(3, 3), padding=same, kernel_regularizer=L2, l2 0.0001)",
            "block1_relu1: Activation(activation=relu)",
            "block1_conv2: Conv2D(filters=32, kernel_size=(3, 3), kernel_regularizer=L2, l2 0.0001)",
            "block1_relu2: Activation(activation=relu)",
            "block1_pool: MaxPooling2D()",
            "dropout: Dropout(rate=0.25)",
            "block2_conv1: Conv2D(filters=64, kernel_size=(3, 3), padding=same, kernel_regularizer=L2, l2 0.0001)",
            "block2_relu1: Activation(activation=relu)",
            "block2_conv2: Conv2D(filters=64, kernel_size=(3, 3), kernel_regularizer=L2, l2 0.0001)",
            "block2_relu2: Activation(activation=relu)",
            "block2_pool: MaxPooling2D()",
            "dropout_1: Dropout(rate=0.25)",
            "flatten: Flatten()",
            "dense: Dense(units=512)",
            "activation: Activation(activation=relu)",
            "dropout_2: Dropout(rate=0.5)",
            "dense_1: Dense(units=10)",
            "activation_1: Activation(activation=softmax)",
        ),
        data="keras_cifar10, scaling=pixels, validation=test part",
        training="loss=categorical_crossentropy, optimizer=RMSprop, learning_rate=0.0005, epochs=10, validation_share=0, seed=11, optimizer_settings={'rho': 0.95}",
    ),
    "config_dict_builder": Expected(
        stack=(
            "(28, 28)",
            "flatten: Flatten()",
            "fc_0: Dense(units=256, kernel_initializer=HeUniform, bias_initializer=Ones, kernel_regularizer=L2, l2 0.0001)",
            "batch_normalization: BatchNormalization()",
            "re_lu: ReLU()",
            "dropout: Dropout(rate=0.3)",
            "fc_1: Dense(units=128, kernel_initializer=HeUniform, bias_initializer=Ones, kernel_regularizer=L2, l2 0.0001)",
            "batch_normalization_1: BatchNormalization()",
            "re_lu_1: ReLU()",
            "dropout_1: Dropout(rate=0.15)",
            "fc_2: Dense(units=64, kernel_initializer=HeUniform, bias_initializer=Ones, kernel_regularizer=L2, l2 0.0001)",
            "batch_normalization_2: BatchNormalization()",
            "re_lu_2: ReLU()",
            "dropout_2: Dropout(rate=0.1)",
            "probabilities: Dense(units=10, activation=softmax)",
        ),
        data="keras_fashion_mnist, scaling=pixels, channel=False, validation=share",
        training="loss=sparse_categorical_crossentropy, learning_rate=0.0005, epochs=10, batch_size=256, validation_share=0.166667, seed=11, optimizer_settings={'clipnorm': 1.0}",
    ),
    "flowers_image_folder": Expected(
        stack=(
            "(180, 180, 3)",
            "random_flip: RandomFlip(mode=horizontal)",
            "random_rotation: RandomRotation(factor=0.1)",
            "random_zoom: RandomZoom(height_factor=0.1)",
            "rescaling: Rescaling(scale=0.00392157)",
            "conv2d: Conv2D(filters=16, kernel_size=(3, 3), padding=same, activation=relu)",
            "max_pooling2d: MaxPooling2D()",
            "conv2d_1: Conv2D(filters=32, kernel_size=(3, 3), padding=same, activation=relu)",
            "max_pooling2d_1: MaxPooling2D()",
            "dropout: Dropout(rate=0.2)",
            "flatten: Flatten()",
            "dense: Dense(units=128, activation=relu)",
            "outputs: Dense(units=10)",
        ),
        training="loss=sparse_categorical_crossentropy, epochs=15, validation_share=0, seed=11, loss_settings={'from_logits': True}",
        notes=(
            "15: Which folder “tf.keras.utils.image_dataset_from_directory(…” reads is only known when the script runs. Other data stand in their place: choose the right ones in the window.",
            "55: Dense: units, len(class_names), is only known when the script runs; 10 stands in its place.",
        ),
    ),
    "functional_mnist_docs": Expected(
        stack=(
            "(28, 28)",
            "flatten: Flatten()",
            "dense: Dense(units=64, activation=relu)",
            "dense_1: Dense(units=64, activation=relu)",
            "dense_2: Dense(units=10)",
        ),
        data="keras_mnist, scaling=pixels, channel=False, validation=share",
        training="loss=sparse_categorical_crossentropy, optimizer=RMSprop, epochs=2, batch_size=64, validation_share=0.2, seed=11, loss_settings={'from_logits': True}",
        notes=("11: Samples are (28, 28) here: flatten in front brings them to (784,), as the script does.",),
    ),
    "gan_training_loop": Expected(
        stack=(
            "(784,)",
            "dense: Dense(units=512)",
            "leaky_re_lu: LeakyReLU(negative_slope=0.2)",
            "dropout: Dropout(rate=0.4)",
            "dense_1: Dense(units=1, activation=sigmoid)",
        ),
        training="learning_rate=0.0002, epochs=1, validation_share=0, seed=11, optimizer_settings={'beta_1': 0.5}",
        notes=(
            "0: The script makes 2 networks, at the lines 9, 15: the one of line 15 is read.",
            "15: The network takes (784,), but samples of “MNIST 5k · odd or even” are (28, 28, 1): choose data that fit.",
            "22: This loop goes round more than 1,000 times: its lines are read once.",
            "25: Training by train_on_batch is not read: batch size and epochs are Keras's usual ones.",
        ),
    ),
    "imdb_lstm_keras2": Expected(
        stack=(
            "(80,)",
            "embedding: Embedding(input_dim=20000, output_dim=128)",
            "lstm: LSTM(units=128, dropout=0.2, recurrent_dropout=0.2)",
            "dense: Dense(units=1, activation=sigmoid)",
        ),
        data="keras_imdb, num_words=20000, maxlen=80, validation=test part",
        training="epochs=15, validation_share=0, seed=11",
    ),
    "interactive_session": Expected(
        stack=(
            "(4,)",
            "dense: Dense(units=8, activation=relu, bias_initializer=Constant, value 0.1)",
            "dense_1: Dense(units=3, activation=softmax)",
        ),
        data="iris, scaling=none, shuffled=False",
        training="loss=sparse_categorical_crossentropy, optimizer=SGD, learning_rate=0.01, epochs=20, validation_share=0, seed=11",
    ),
    "iris_kfold_blog": Expected(
        stack=(
            "(4,)",
            "dense: Dense(units=8, activation=relu)",
            "dense_1: Dense(units=3, activation=softmax)",
        ),
        training="loss=categorical_crossentropy, epochs=200, batch_size=5, validation_share=0, seed=11",
        notes=(
            "26: The network takes (4,), but samples of “MNIST 5k · odd or even” are (28, 28, 1): choose data that fit.",
            "33: The network is trained by scikit-learn: its data, and how it validates, are not read.",
        ),
    ),
    "kaggle_titanic_notebook": Expected(
        stack=(
            "(6,)",
            "dense: Dense(units=32, activation=relu, kernel_initializer=RandomUniform)",
            "batch_normalization: BatchNormalization()",
            "dropout: Dropout(rate=0.3)",
            "dense_1: Dense(units=16, activation=relu, kernel_initializer=RandomUniform)",
            "dense_2: Dense(units=1, activation=sigmoid, kernel_initializer=RandomUniform)",
        ),
        training="epochs=100, validation_share=0, seed=11",
        notes=(
            "25: The data are not read: '../input/titanic/train.csv' is not there: it is looked for in the script's folder. Other data stand in their place: choose the right ones in the window.",
            "69: The callback EarlyStopping is not read: training goes on for all epochs without it.",
        ),
    ),
    "lenet_class_builder": Expected(
        stack=(
            "(28, 28, 1)",
            "conv2d: Conv2D(filters=20, kernel_size=(5, 5), padding=same)",
            "activation: Activation(activation=relu)",
            "max_pooling2d: MaxPooling2D(strides=(2, 2))",
            "conv2d_1: Conv2D(filters=50, kernel_size=(5, 5), padding=same)",
            "activation_1: Activation(activation=relu)",
            "max_pooling2d_1: MaxPooling2D(strides=(2, 2))",
            "flatten: Flatten()",
            "dense: Dense(units=500)",
            "activation_2: Activation(activation=relu)",
            "dense_1: Dense(units=10)",
            "activation_3: Activation(activation=softmax)",
        ),
        data="keras_mnist, scaling=pixels, channel=True, validation=share",
        training="loss=categorical_crossentropy, optimizer=SGD, learning_rate=0.01, epochs=20, batch_size=128, validation_share=0, seed=11",
    ),
    "mnist_cnn_keras1": Expected(
        stack=(
            "(28, 28, 1)",
            "conv2d: Conv2D(filters=32, kernel_size=(3, 3))",
            "activation: Activation(activation=relu)",
            "conv2d_1: Conv2D(filters=32, kernel_size=(3, 3))",
            "activation_1: Activation(activation=relu)",
            "max_pooling2d: MaxPooling2D()",
            "dropout: Dropout(rate=0.25)",
            "flatten: Flatten()",
            "dense: Dense(units=128)",
            "activation_2: Activation(activation=relu)",
            "dropout_1: Dropout(rate=0.5)",
            "dense_1: Dense(units=10)",
            "activation_3: Activation(activation=softmax)",
        ),
        data="keras_mnist, scaling=pixels, channel=True, validation=test part",
        training="loss=categorical_crossentropy, optimizer=Adadelta, epochs=12, batch_size=128, validation_share=0, seed=1337",
        notes=(
            "7: np.random.seed seeds otherwise than keras.utils.set_random_seed(1337), which counts here: other values come out.",
        ),
    ),
    "mnist_convnet_docs": Expected(
        stack=(
            "(28, 28, 1)",
            "conv2d: Conv2D(filters=32, kernel_size=(3, 3), activation=relu)",
            "max_pooling2d: MaxPooling2D()",
            "conv2d_1: Conv2D(filters=64, kernel_size=(3, 3), activation=relu)",
            "max_pooling2d_1: MaxPooling2D()",
            "flatten: Flatten()",
            "dropout: Dropout(rate=0.5)",
            "dense: Dense(units=10, activation=softmax)",
        ),
        data="keras_mnist, scaling=pixels, channel=True, validation=share",
        training="loss=categorical_crossentropy, epochs=15, batch_size=128, seed=11",
    ),
    "mnist_mlp_keras2": Expected(
        stack=(
            "(28, 28)",
            "flatten: Flatten()",
            "dense: Dense(units=512, activation=relu)",
            "dropout: Dropout(rate=0.2)",
            "dense_1: Dense(units=512, activation=relu)",
            "dropout_1: Dropout(rate=0.2)",
            "dense_2: Dense(units=10, activation=softmax)",
        ),
        data="keras_mnist, scaling=pixels, channel=False, validation=test part",
        training="loss=categorical_crossentropy, optimizer=RMSprop, epochs=20, batch_size=128, validation_share=0, seed=11",
        notes=("36: Samples are (28, 28) here: flatten in front brings them to (784,), as the script does.",),
    ),
    "moons_course": Expected(
        stack=(
            "(2,)",
            "hidden_1: Dense(units=16, activation=relu, bias_initializer=RandomNormal)",
            "hidden_2: Dense(units=16, activation=relu, bias_initializer=RandomNormal)",
            "output: Dense(units=1, activation=sigmoid)",
        ),
        data="two_moons, points=2000, noise=0.2, seed=0",
        training="learning_rate=0.003, epochs=40, batch_size=64, validation_share=0.25, seed=42",
        notes=("15: The points are drawn anew here, by another generator: they are others than scikit-learn's.",),
    ),
    "pima_diabetes_blog": Expected(
        stack=(
            "(8,)",
            "dense: Dense(units=12, activation=relu)",
            "dense_1: Dense(units=8, activation=relu)",
            "dense_2: Dense(units=1, activation=sigmoid)",
        ),
        training="epochs=150, batch_size=10, validation_share=0, seed=11",
        notes=(
            "6: The data are not read: 'pima-indians-diabetes.csv' is not there: it is looked for in the script's folder. Other data stand in their place: choose the right ones in the window.",
        ),
    ),
    "resnet_functional": Expected(
        refused="resnet_functional.py: line 11: Add is called on 2 tensors, but in a stack each layer is called on the output of the layer before.",
    ),
    "reuters_book": Expected(
        stack=(
            "(10000,)",
            "dense: Dense(units=64, activation=relu)",
            "dense_1: Dense(units=64, activation=relu)",
            "dense_2: Dense(units=46, activation=softmax)",
        ),
        training="loss=categorical_crossentropy, optimizer=RMSprop, epochs=20, batch_size=512, validation_share=0, seed=11",
        notes=(
            "8: The data are made by np.zeros((len(sequences), dimension)), which isn't run here. Other data stand in their place: choose the right ones in the window.",
        ),
    ),
    "schedule_and_custom_loss": Expected(
        stack=(
            "(28, 28)",
            "flatten: Flatten()",
            "dense: Dense(units=300, activation=selu, kernel_initializer=LecunNormal)",
            "alpha_dropout: AlphaDropout(rate=0.2)",
            "dense_1: Dense(units=10, activation=softmax)",
        ),
        data="keras_fashion_mnist, scaling=pixels, channel=False, validation=share",
        training="loss=sparse_categorical_crossentropy, optimizer=SGD, learning_rate=0.01, epochs=30, validation_share=0, seed=42",
        notes=(
            "7: What “X_train_full[5000:]” does to the data is not read.",
            "8: What “y_train_full[5000:]” does to the data is not read.",
            "18: tf.random.set_seed seeds otherwise than keras.utils.set_random_seed(42), which counts here: other values come out.",
            "23: MyDense is a layer of the script's own, which isn't run here; it is left out.",
            "24: Lambda holds code of the script's own, which isn't run here; it is left out.",
            "27: ExponentialDecay is not read: the learning rate stays as it starts.",
            "29: The loss my_loss() isn't run here; sparse categorical cross-entropy stands in its place.",
            "29: Metrics are chosen by the loss here, accuracy: mae is not shown.",
            "30: validation_data of fit, other samples, is not read: set a validation share in the window.",
            "30: class_weight of fit is not read.",
        ),
    ),
    "self_attention_functional": Expected(
        stack=(
            "(100,)",
            "embedding: Embedding(input_dim=5000, output_dim=32)",
            "multi_head_attention: MultiHeadAttention(num_heads=4, key_dim=8)",
            "layer_normalization: LayerNormalization()",
            "bidirectional: Bidirectional(layer=GRU(units=16, return_sequences=True))",
            "time_distributed: TimeDistributed(layer=Dense(units=8, activation=relu))",
            "global_max_pooling1d: GlobalMaxPooling1D()",
            "dense_1: Dense(units=1, activation=sigmoid)",
        ),
        data="keras_imdb, num_words=5000, maxlen=100, validation=share",
        training="batch_size=64, validation_share=0.2, seed=11",
    ),
    "stackoverflow_question": Expected(
        stack=(
            "(20,)",
            "dense: Dense(units=64, kernel_initializer=RandomUniform)",
            "activation: Activation(activation=tanh)",
            "dropout: Dropout(rate=0.5)",
            "dense_1: Dense(units=64, kernel_initializer=RandomUniform)",
            "activation_1: Activation(activation=tanh)",
            "dropout_1: Dropout(rate=0.5)",
            "dense_2: Dense(units=10, kernel_initializer=RandomUniform)",
            "activation_2: Activation(activation=softmax)",
        ),
        training="loss=categorical_crossentropy, optimizer=SGD, learning_rate=0.1, epochs=20, batch_size=16, validation_share=0, seed=11, optimizer_settings={'momentum': 0.9, 'nesterov': True}",
        notes=(
            "15: Keras 3 has no decay of SGD: its learning rate stays as it starts.",
            "17: What X_train holds is only known when the script runs. Other data stand in their place: choose the right ones in the window.",
        ),
    ),
    "subclassed_model": Expected(
        refused="subclassed_model.py: line 18: MyModel is a model class of the script's own, whose call can't be read.",
    ),
    "tf_quickstart": Expected(
        stack=(
            "(28, 28)",
            "flatten: Flatten()",
            "dense: Dense(units=128, activation=relu)",
            "dropout: Dropout(rate=0.2)",
            "dense_1: Dense(units=10)",
        ),
        data="keras_mnist, scaling=pixels, channel=False, validation=share",
        training="loss=sparse_categorical_crossentropy, epochs=5, validation_share=0, seed=11, loss_settings={'from_logits': True}",
    ),
    "timeseries_stacked_cells": Expected(
        stack=(
            "(24, 1)",
            "conv1d: Conv1D(filters=8, kernel_size=(3), padding=causal, activation=relu)",
            "rnn: RNN(cell=(LSTMCell(units=32), LSTMCell(units=16)), return_sequences=True)",
            "simple_rnn: SimpleRNN(units=8, kernel_initializer=HeNormal, bias_initializer=Constant, value 0.1)",
            "dense: Dense(units=1, kernel_constraint=MaxNorm, max value 3)",
        ),
        training="loss=huber, optimizer=SGD, learning_rate=0.05, epochs=10, batch_size=50, validation_share=0, seed=11, shuffle=False, optimizer_settings={'momentum': 0.9, 'nesterov': True}, loss_settings={'delta': 2.0}",
        notes=(
            "7: The data are made by np.random.rand(500, timesteps, features), which isn't run here. Other data stand in their place: choose the right ones in the window.",
        ),
    ),
    "transfer_learning_vgg": Expected(
        stack=(
            "(28, 28, 1)",
            "flatten: Flatten()",
            "dense: Dense(units=256, activation=relu)",
            "dense_1: Dense(units=1, activation=sigmoid)",
        ),
        training="optimizer=RMSprop, learning_rate=2e-05, epochs=1, validation_share=0, seed=11",
        notes=(
            "4: VGG16 is a whole network, not a layer of a stack; it is left out.",
            "7: The shape of the input is not known: it is that of the data, (28, 28, 1).",
        ),
    ),
    "transformer_block": Expected(
        stack=(
            "(200,)",
            "embedding: Embedding(input_dim=20000, output_dim=32)",
            "global_average_pooling1d: GlobalAveragePooling1D()",
            "dropout: Dropout(rate=0.1)",
            "dense: Dense(units=20, activation=relu)",
            "dropout_1: Dropout(rate=0.1)",
            "dense_1: Dense(units=2, activation=softmax)",
        ),
        data="keras_imdb, num_words=20000, maxlen=200, validation=test part",
        training="loss=sparse_categorical_crossentropy, epochs=2, validation_share=0, seed=11",
        notes=("33: TransformerBlock is a layer of the script's own, which isn't run here; it is left out.",),
    ),
    "tutorial_snippet": Expected(
        stack=(
            "(28, 28, 1)",
            "conv2d: Conv2D(filters=32, kernel_size=(3, 3), activation=relu, bias_initializer=HeNormal)",
            "flatten: Flatten()",
            "dense: Dense(units=10, activation=relu)",
            "dense_1: Dense(units=1, activation=softmax)",
        ),
        training="epochs=1, validation_share=0, seed=11",
    ),
    "xor_course": Expected(
        stack=(
            "(2,)",
            "dense: Dense(units=16, activation=relu)",
            "dense_1: Dense(units=1, activation=sigmoid)",
        ),
        training="loss=mean_squared_error, epochs=500, validation_share=0, seed=11",
        notes=(
            '6: The data are made by np.array([[0,0],[0,1],[1,0],[1,1]], "float32"), which isn\'t run here. Other data stand in their place: choose the right ones in the window.',
            "15: Metrics are chosen by the loss here, mean_absolute_error: binary_accuracy is not shown.",
        ),
    ),
}
