"""The process of one contender in a whole task: `python -m contenders.task_worker TASK CONTENDER`, the task as JSON.

It talks as `worker` does; a step is a pass over all batches of the task.
"""

from .tasks import Task
from .worker import Clock, listen, seconds


def clock(task: Task, contender: str) -> Clock:
    """What was computed first, and the clock of n passes. Each framework is imported where it is asked for."""
    if contender.startswith("torch"):
        from .torch_tasks import passes
    elif task.batch:
        from .task_serving import passes
    else:
        from .task_training import passes
    computed, run = passes(task, contender)
    return computed, lambda n: seconds(run, n)


if __name__ == "__main__":
    listen(lambda given, contender: clock(Task(**given), contender))
