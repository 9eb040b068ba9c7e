"""Who runs in the benchmarks of recurrence: ours, `keras.layers`, torch, and the practical floor.

`workloads` says what is run, `ours`, `keras_layers` and `torch_steps` how each framework runs it, `worker` is the process of
one contender, `race` the parent that lets the processes take turns, and `report` says who won.
"""
