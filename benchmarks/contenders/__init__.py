"""Who runs in the benchmarks of recurrence and of whole tasks: ours, `keras.layers`, torch, and the practical floor.

`workloads` says what is run, `ours`, `keras_layers` and `torch_steps` how each framework runs it, `worker` is the process of
one contender, `race` the parent that lets the processes take turns, and `report` says who won.

Of whole tasks likewise: `tasks`, `task_training`, `task_serving` and `torch_tasks`, `task_worker`, `task_report`;
`task_preparation` cuts the batches once, and `task_data` hands them to everyone.
"""
