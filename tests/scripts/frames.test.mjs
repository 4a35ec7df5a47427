import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./page.mjs";

const { paced, TURNS, QUIET, REST } = load().landscape.frames;
const FRAME = 16; // ms

/** A browser of 60 frames a second whose clock `run` moves on. */
function browser() {
  let [time, last] = [0, 0];
  let due = []; // {id, at, call}
  const add = (call, at) => {
    last += 1;
    due.push({ id: last, at, call });
    return last;
  };
  const remove = (id) => {
    due = due.filter((item) => item.id !== id);
  };
  const clock = { now: () => time, later: (call, ms) => add(call, time + ms), never: remove };
  const frames = paced((draw) => add(() => draw(time), time + FRAME), remove, clock);
  const run = (ms) => {
    const end = time + ms;
    for (;;) {
      const [first] = due.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!first) break;
      remove(first.id);
      time = first.at;
      first.call();
    }
    time = end;
  };
  return { frames, run };
}

/** A loop without end in `frames`; how often it has drawn since it was last asked. */
function endless(frames) {
  let drawn = 0;
  let id = frames.request(function draw() {
    drawn += 1;
    id = frames.request(draw);
  });
  return { count: () => [drawn, (drawn = 0)][0], stop: () => frames.cancel(id) };
}

test("a loop that has drawn often, while nothing happens, draws once in a rest", () => {
  const { frames, run } = browser();
  const loop = endless(frames);
  run(FRAME * TURNS);
  assert.equal(loop.count(), TURNS);
  run(10_000);
  const least = Math.floor(10_000 / (REST + FRAME));
  const drawn = loop.count();
  assert.ok(drawn >= least - 1 && drawn <= least + 2, `${drawn}`);
});

test("an event wakes every loop at the next frame, and they stay awake for a while", () => {
  const { frames, run } = browser();
  const loops = [endless(frames), endless(frames)];
  run(20_000);
  for (const loop of loops) loop.count();
  frames.wake();
  run(FRAME);
  for (const loop of loops) assert.equal(loop.count(), 1);
  run(QUIET);
  for (const loop of loops) assert.ok(loop.count() >= Math.floor(QUIET / FRAME) - 1);
});

test("whatever else is drawn brings one frame of each loop", () => {
  const { frames, run } = browser();
  const loop = endless(frames);
  run(20_000 + FRAME / 2);
  loop.count();
  frames.request(() => {});
  run(FRAME);
  assert.equal(loop.count(), 1);
});

test("an animation that ends, and one that starts anew each time, keep every frame", () => {
  const { frames, run } = browser();
  let left = TURNS - 1;
  frames.request(function draw() {
    left -= 1;
    if (left) frames.request(draw);
  });
  run(FRAME * (TURNS - 1));
  assert.equal(left, 0);
  let drawn = 0;
  (function again() {
    frames.request(() => {
      drawn += 1;
      again();
    });
  })();
  run(FRAME * TURNS * 3);
  assert.equal(drawn, TURNS * 3);
});

test("a loop is cancelled awake and at rest", () => {
  for (const before of [100, 20_000]) {
    const { frames, run } = browser();
    const loop = endless(frames);
    run(before);
    loop.stop();
    loop.count();
    frames.wake();
    run(5_000);
    assert.equal(loop.count(), 0);
  }
});
