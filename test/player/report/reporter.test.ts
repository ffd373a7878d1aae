import fc from "fast-check";
import { expect, test } from "vitest";
import { parseReport, parseStreamName, type Report } from "../../../player/protocol/index.js";
import type { ReportTotals } from "../../../player/report/difference.js";
import { type PostAnswer, Reporter } from "../../../player/report/reporter.js";
import { ManualClock } from "../../support/manual-clock.js";

const ZERO: ReportTotals = {
  bytes: {
    fromPeers: 0,
    fromOrigin: 0,
    uploaded: 0,
    rejected: 0,
    wastedFromPeers: 0,
    wastedFromOrigin: 0,
    unverified: 0,
  },
  segments: { fromPeers: 0, fromOrigin: 0 },
  mediaS: 0,
  playedS: 0,
  stalls: 0,
  stalledS: 0,
  levelSwitches: 0,
  peersConnected: 0,
  peersRefused: 0,
  integrity: { failures: 0, peers: [] },
};

const OK: PostAnswer = { at: "answered", status: 204, retryAfterMs: undefined };
const answer = (status: number, retryAfterMs?: number): PostAnswer => ({
  at: "answered",
  status,
  retryAfterMs,
});

class Room {
  readonly clock = new ManualClock();
  /** What was posted, in its order; repetitions, too. */
  readonly posted: Report[] = [];
  totals = ZERO;
  answers: (PostAnswer | Promise<PostAnswer>)[] = [];
  readonly reporter: Reporter;

  constructor() {
    const take = (body: string) => this.posted.push(parseReport(JSON.parse(body)));
    const post = async (body: string) => {
      take(body);
      return this.answers.shift() ?? OK;
    };
    this.reporter = new Reporter({
      stream: parseStreamName("news"),
      session: "session-1",
      cohort: () => "p2p",
      totals: () => this.totals,
      post: Object.assign(post, { last: take }),
      clock: this.clock,
      random: () => 0.5,
    });
  }

  /** The viewer plays on. */
  play(bytes: number, from: "fromPeers" | "fromOrigin" = "fromPeers"): void {
    const { bytes: before, playedS, mediaS } = this.totals;
    this.totals = {
      ...this.totals,
      bytes: { ...before, [from]: before[from] + bytes },
      playedS: playedS + 2,
      mediaS: mediaS + 2,
    };
  }

  async pass(ms: number): Promise<void> {
    for (let rest = ms; rest > 0; rest -= 1_000) {
      this.clock.advance(Math.min(1_000, rest));
      // Answers come in the microtasks of the turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** As a receiver adds it up that passes over what it has seen. */
  get sum(): number {
    const bySequence = new Map(this.posted.map((report) => [report.sequence, report]));
    return [...bySequence.values()].reduce((sum, { bytes }) => sum + bytes.fromPeers + bytes.fromOrigin, 0);
  }
}

test("every ten seconds what is new is told, and nothing where nothing is", async () => {
  const room = new Room();
  room.play(1_000);
  room.totals = { ...room.totals, startupMs: 300, latencyS: 6 };
  await room.pass(10_000);
  await room.pass(30_000);
  room.play(500, "fromOrigin");
  await room.pass(10_000);
  expect(room.posted).toMatchObject([
    { sequence: 0, bytes: { fromPeers: 1_000, fromOrigin: 0 }, playedS: 2, bitrate: 4_000, startupMs: 300 },
    { sequence: 1, bytes: { fromPeers: 0, fromOrigin: 500 }, playedS: 2, bitrate: 2_000, latencyS: 6 },
  ]);
  expect(room.posted[1]).not.toHaveProperty("startupMs");
});

test.each([
  ["failed", { at: "failed" } as const],
  ["500", answer(500)],
  ["429", answer(429)],
])(
  "after %s the same report is sent again, later, and what happened meanwhile is in the next",
  async (_name, bad) => {
    const room = new Room();
    room.answers = [bad, bad];
    room.play(1_000);
    await room.pass(10_000);
    room.play(10);
    await room.pass(19_000);
    expect(room.posted).toHaveLength(1);
    await room.pass(100_000);
    expect(room.posted.map(({ sequence }) => sequence)).toEqual([0, 0, 0, 1]);
    expect(room.posted[2]).toEqual(room.posted[0]);
    expect(room.sum).toBe(1_010);
  },
);

test("a receiver that says how long to wait is waited for", async () => {
  const room = new Room();
  room.answers = [answer(429, 120_000)];
  room.play(1_000);
  await room.pass(10_000);
  await room.pass(119_000);
  expect(room.posted).toHaveLength(1);
  await room.pass(2_000);
  expect(room.posted).toHaveLength(2);
});

test.each([[400], [413]])(
  "a report that is refused with %i is not sent again, later ones are",
  async (status) => {
    const room = new Room();
    room.answers = [OK, answer(status)];
    for (let round = 0; round < 4; round++) {
      room.play(100);
      await room.pass(20_000);
    }
    expect(room.posted.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3]);
  },
);

test("where there is no endpoint, one report is all", async () => {
  const room = new Room();
  room.answers = [answer(404)];
  for (let round = 0; round < 10; round++) {
    room.play(100);
    await room.pass(60_000);
  }
  room.reporter.close();
  expect(room.posted).toHaveLength(1);
  expect(room.clock.pending).toBe(0);
});

test("a report that is refused for its token is sent again", async () => {
  const room = new Room();
  room.answers = [OK, answer(401), answer(401)];
  room.play(1_000);
  await room.pass(10_000);
  room.play(5);
  await room.pass(100_000);
  expect(room.posted.map(({ sequence }) => sequence)).toEqual([0, 1, 1, 1]);
  expect(room.sum).toBe(1_005);
});

test("who has peers reports though nothing happens: the reply may end that", async () => {
  const room = new Room();
  room.totals = { ...ZERO, peersConnected: 2 };
  await room.pass(20_000);
  expect(room.posted).toHaveLength(2);
});

test("an endpoint that never answers well is given up after some tries", async () => {
  const room = new Room();
  room.answers = Array(20).fill({ at: "failed" });
  room.play(100);
  await room.pass(3_600_000);
  expect(room.posted).toHaveLength(5);
});

test("a page that goes away tells the rest, and what is still unanswered once more", async () => {
  const room = new Room();
  let settle: (late: PostAnswer) => void = () => {};
  room.answers = [
    new Promise((resolve) => {
      settle = resolve;
    }),
  ];
  room.play(1_000);
  await room.pass(10_000);
  room.play(7);
  room.reporter.flush();
  expect(room.posted.map(({ sequence }) => sequence)).toEqual([0, 0, 1]);
  expect(room.sum).toBe(1_007);
  // It comes back from the cache, and so does the answer.
  settle(OK);
  room.play(3);
  await room.pass(20_000);
  expect(room.posted.map(({ sequence }) => sequence)).toEqual([0, 0, 1, 2]);
  expect(room.sum).toBe(1_010);
  room.reporter.close();
  expect(room.clock.pending).toBe(0);
});

test("a polluter is named in the report after its deed, with what is new", async () => {
  const room = new Room();
  const peer = "-NC1S-0123456789abcd";
  room.totals = { ...ZERO, integrity: { failures: 2, peers: [{ peer, segments: 2 }] } };
  await room.pass(10_000);
  room.totals = { ...ZERO, integrity: { failures: 3, peers: [{ peer, segments: 3 }] } };
  await room.pass(10_000);
  expect(room.posted.map(({ integrity }) => integrity)).toEqual([
    { failures: 2, peers: [{ peer, segments: 2 }] },
    { failures: 1, peers: [{ peer, segments: 1 }] },
  ]);
});

test("whatever answers come and whenever the page goes, reports add up to the session", async () => {
  const answers = fc.constantFrom<PostAnswer>(OK, OK, answer(500), answer(429), { at: "failed" });
  const steps = fc.array(
    fc.record({ bytes: fc.nat({ max: 1_000 }), ms: fc.nat({ max: 40_000 }), isFlushed: fc.boolean() }),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(answers, { maxLength: 10 }), steps, async (some, all) => {
      const room = new Room();
      room.answers = [OK, ...some];
      for (const { bytes, ms, isFlushed } of all) {
        room.play(bytes);
        await room.pass(ms);
        if (isFlushed) room.reporter.flush();
      }
      room.reporter.close();
      expect(room.sum).toBe(room.totals.bytes.fromPeers);
    }),
    { numRuns: 40 },
  );
});
