import numpy as np
from keras.layers import Dense, Dropout, Input, LeakyReLU
from keras.models import Sequential
from keras.optimizers import Adam

latent_dim = 100
img_shape = (28 * 28,)

generator = Sequential(name="generator")
generator.add(Input((latent_dim,)))
generator.add(Dense(256, activation=LeakyReLU(negative_slope=0.2)))
generator.add(Dense(512, activation=LeakyReLU(negative_slope=0.2)))
generator.add(Dense(img_shape[0], activation="tanh"))

discriminator = Sequential(name="discriminator")
discriminator.add(Input(img_shape))
discriminator.add(Dense(512, activation=LeakyReLU(negative_slope=0.2)))
discriminator.add(Dropout(0.4))
discriminator.add(Dense(1, activation="sigmoid"))
discriminator.compile(loss="binary_crossentropy", optimizer=Adam(0.0002, 0.5), metrics=["accuracy"])

for epoch in range(30000):
    noise = np.random.normal(0, 1, (64, latent_dim))
    fake = generator.predict(noise)
    d_loss = discriminator.train_on_batch(fake, np.zeros((64, 1)))
