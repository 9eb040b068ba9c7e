"""Which steps of a masked chain count: the first, the last, and the neighbours of each. mask is (B, T) of bool."""

from keras import ops


def times(mask):
    """0 to T - 1: what a scan runs over; over several arrays, `keras.ops.scan` fails where T is unknown (3.15)."""
    return ops.arange(ops.shape(mask)[1], dtype="int32")


def first_step(mask):
    """(B, T): the first step of each row that counts."""
    return ops.logical_and(mask, ops.equal(_rank(mask), 1))


def last_step(mask):
    """(B, T): the last step of each row that counts."""
    return ops.flip(first_step(ops.flip(mask, axis=1)), axis=1)


def arrivals(mask):
    """(T, B): the step counts and another one before it does."""
    return ops.transpose(ops.logical_and(mask, ops.logical_not(first_step(mask))))


def step_before(mask):
    """(B, T): at each step that counts, the place of the one before it that counts; anything where there is none."""
    return ops.take_along_axis(_counting(mask), ops.maximum(_rank(mask) - 2, 0), axis=1)


def step_after(mask):
    """(B, T): at each step that counts, the place of the next one that counts; anything where there is none."""
    most = ops.shape(mask)[1] - 1
    return ops.take_along_axis(_counting(mask), ops.minimum(_rank(mask), most), axis=1)


def _rank(mask):
    """(B, T): how many steps count up to each one; 1 at the first of them."""
    return ops.cumsum(ops.cast(mask, "int32"), axis=1)


def _counting(mask):
    """(B, T): the places of the steps that count, in order, then those of all others."""
    late = ops.where(mask, 0, ops.shape(mask)[1])
    return ops.argsort(times(mask)[None, :] + late, axis=1)
