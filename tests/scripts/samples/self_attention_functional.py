from tensorflow.keras.datasets import imdb
from tensorflow.keras.layers import *
from tensorflow.keras.models import Model
from tensorflow.keras.preprocessing.sequence import pad_sequences

VOCAB = 5000
LENGTH = 100

(X, Y), (X_test, Y_test) = imdb.load_data(num_words=VOCAB)
X = pad_sequences(X, LENGTH)

inp = Input(shape=(LENGTH,))
h = Embedding(VOCAB, 32, mask_zero=False)(inp)
h = MultiHeadAttention(num_heads=4, key_dim=8)(h, h)
h = LayerNormalization()(h)
h = Bidirectional(GRU(16, return_sequences=True))(h)
h = TimeDistributed(Dense(8, activation='relu'))(h)
h = GlobalMaxPooling1D()(h)
out = Dense(1, activation='sigmoid')(h)

m = Model(inp, out)
m.compile('adam', 'binary_crossentropy', ['accuracy'])
m.fit(X, Y, 64, 3, validation_split=.2)
