"""Golden file for tests/event_file.rs, written by TensorBoard's own classes and read back by its own reader.

Run: python make_events.py   (package tensorboard 2.x); writes events.out.tfevents.golden beside this script.
"""
import math
import pathlib

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

TIME = 1_700_000_000.5
POINTS = [
    (4096, [("train/approx_kl", 0.015625), ("rollout/episode_return", -2.5)]),
    (3_000_000_000, [("train/approx_kl", math.nan)]),
]

path = pathlib.Path(__file__).parent / "events.out.tfevents.golden"
writer = RecordWriter(open(path, "wb"))
writer.write(Event(wall_time=TIME, file_version="brain.Event:2").SerializeToString())
for step, values in POINTS:
    summary = Summary(value=[Summary.Value(tag=tag, simple_value=value) for tag, value in values])
    writer.write(Event(wall_time=TIME, step=step, summary=summary).SerializeToString())
writer.close()

events = EventAccumulator(str(path))
events.Reload()
assert events.Tags()["scalars"] == ["train/approx_kl", "rollout/episode_return"], events.Tags()
kl = [(e.wall_time, e.step, e.value) for e in events.Scalars("train/approx_kl")]
assert [(t, s) for t, s, _ in kl] == [(TIME, 4096), (TIME, 3_000_000_000)], kl
assert kl[0][2] == 0.015625 and math.isnan(kl[1][2]), kl
reward = [(e.wall_time, e.step, e.value) for e in events.Scalars("rollout/episode_return")]
assert reward == [(TIME, 4096, -2.5)], reward
print("ok:", events.Tags()["scalars"], kl, reward)
