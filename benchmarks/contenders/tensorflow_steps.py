"""Steps of ours and of Keras: what a worker repeats.

A training step is one `tf.function`: forward, backward and update, the batch resident in tensors.
"""

import tempfile
from collections.abc import Callable

import keras
import tensorflow as tf

from . import keras_layers, ours, workloads
from .decoding import decode
from .networks import Network
from .workloads import Workload

KITS = {"ours": ours.Kit, "keras": keras_layers.Kit}
OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(0.5, global_clipnorm=5.0),
    "adam": lambda: keras.optimizers.Adam(1e-3),
}


def steps(workload: Workload, contender: str) -> Callable[[int], float]:
    """A function that runs n steps and returns what the last one computed, once all are done."""
    library, _, compiler = contender.partition("-")
    jit = {"xla": True, "no-xla": False}.get(compiler, library == "ours" and not workload.trains)
    kit = KITS[library]
    batch = {name: tf.constant(value) for name, value in workloads.batch(workload).items()}
    if workload.task == "decoding":
        return repeated(decode(workload, batch["inputs"], jit))
    network = Network(kit(jit), workload)
    network.build(batch)
    for variable, start in zip(network.weights, workloads.weights(workload), strict=True):
        variable.assign(start)
    if workload.trains:
        return repeated(training(network, batch, OPTIMIZERS[workload.optimizer](), jit))
    model = keras.Sequential([network.states, network.projection])
    answer = saved(model) if workload.task == "saved-model" else tf.function(model, jit_compile=jit)
    return repeated(lambda: answer(batch["inputs"]), value=lambda logits: tf.reduce_mean(logits**2))


def repeated(step: Callable, value: Callable = float) -> Callable[[int], float]:
    """The step n times; TensorFlow waits for the device when the value is read."""

    def run(n: int) -> float:
        for _ in range(n):
            result = step()
        return float(value(result))

    return run


def training(network: Network, batch: dict, optimizer: keras.Optimizer, jit: bool) -> Callable[[], tf.Tensor]:
    """Forward, backward, update."""
    optimizer.build(network.weights)

    @tf.function(jit_compile=jit)
    def step(batch):
        with tf.GradientTape() as tape:
            loss = network(batch)
        optimizer.apply(tape.gradient(loss, network.weights))
        return loss

    return lambda: step(batch)


def saved(model: keras.Model) -> Callable:
    """The model as a server holds it: exported, then loaded by TensorFlow alone."""
    with tempfile.TemporaryDirectory() as folder:
        model.export(folder, verbose=False)
        loaded = tf.saved_model.load(folder)
    return lambda inputs: loaded.serve(inputs)  # holds what was loaded, and with it the variables
