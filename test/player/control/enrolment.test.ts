import { expect, test } from "vitest";
import { JoinError } from "../../../player/control/ask-to-join.js";
import { Enrolment } from "../../../player/control/enrolment.js";
import { ManualClock } from "../../support/manual-clock.js";

/** What a tracker does with each question, in this order; nothing more is answered after the last. */
function room(outcomes: (Error | "answer" | "hang")[], random = 0.5) {
  const clock = new ManualClock(0);
  const askedAtMs: number[] = [];
  let answers = 0;
  const failures: string[] = [];
  const enrolment = new Enrolment({
    ask: async () => {
      askedAtMs.push(clock.now());
      const outcome = outcomes.shift() ?? "hang";
      if (outcome instanceof Error) throw outcome;
      if (outcome === "hang") await new Promise(() => {});
      return undefined;
    },
    onAnswer: () => answers++,
    onFailure: ({ message }) => failures.push(message),
    clock,
    random: () => random,
  });
  const pass = async (ms: number) => {
    await new Promise((resolve) => setImmediate(resolve));
    for (let rest = ms; rest > 0; rest -= 1_000) {
      clock.advance(Math.min(1_000, rest));
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { enrolment, clock, askedAtMs, failures, pass, answers: () => answers };
}

const away = new JoinError("away", false);
const refusal = new JoinError("no", true);

test("a tracker that cannot be reached is asked again, ever more rarely, and once a minute at least", async () => {
  const { enrolment, askedAtMs, pass } = room(Array(12).fill(away));
  enrolment.start();
  await pass(310_000);
  expect(askedAtMs).toEqual([0, 2_000, 6_000, 14_000, 30_000, 62_000, 122_000, 182_000, 242_000, 302_000]);
});

test("one that has only ever said no is left alone after some tries", async () => {
  const { enrolment, askedAtMs, failures, pass, clock } = room(Array(12).fill(refusal));
  enrolment.start();
  await pass(3_600_000);
  enrolment.askSoon();
  expect(askedAtMs).toHaveLength(5);
  expect(failures).toEqual(Array(5).fill("no"));
  expect(clock.pending).toBe(0);
});

test("one that says when to come back is obeyed, within reason", async () => {
  const { enrolment, askedAtMs, pass } = room([
    new JoinError("busy", false, { status: 429, retryAfterMs: 100_000 }),
    new JoinError("busy", false, { status: 503, retryAfterMs: 1e9 }),
  ]);
  enrolment.start();
  await pass(500_000);
  expect(askedAtMs).toEqual([0, 100_000, 400_000]);
});

test("players that joined together do not come back together", async () => {
  const times = await Promise.all(
    [0, 0.5, 0.99].map(async (random) => {
      const { enrolment, askedAtMs, pass } = room(["answer"], random);
      enrolment.start();
      await pass(400_000);
      return askedAtMs[1] ?? 0;
    }),
  );
  expect(times).toEqual([240_000, 300_000, 358_800]);
});

test("whoever has lost the tracker asks soon, however often it is told so", async () => {
  const { enrolment, askedAtMs, pass } = room(["answer", "answer"]);
  enrolment.start();
  await pass(10_000);
  for (let count = 0; count < 50; count++) enrolment.askSoon();
  await pass(10_000);
  expect(askedAtMs).toEqual([0, 11_500]);
});

test("after a stop nothing is asked, and a late answer is not heard", async () => {
  const subject = room(["answer"]);
  subject.enrolment.start();
  subject.enrolment.stop();
  await subject.pass(600_000);
  expect(subject.askedAtMs).toHaveLength(1);
  expect(subject.answers()).toBe(0);
  subject.enrolment.start();
  await subject.pass(1_000);
  expect(subject.askedAtMs).toHaveLength(2);
});
