>>> import keras
>>> from keras.layers import Dense, Input
>>> model = keras.Sequential([
...     Input((4,)),
...     Dense(8, "relu", bias_initializer=keras.initializers.Constant(0.1)),
...     Dense(3, "softmax"),
... ])
>>> model.compile("sgd", "sparse_categorical_crossentropy")
>>> model.count_params()
67
>>> from sklearn.datasets import load_iris
>>> iris = load_iris()
>>> X, y = iris.data, iris.target
>>> model.fit(X, y, epochs=20, verbose=0)
<keras.src.callbacks.history.History object at 0x7f0a>
