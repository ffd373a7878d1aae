import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteHistory } from "../../../demo/page/byte-history.js";

const bytes = fc.nat({ max: 1_000_000 });
const growth = fc.array(
  fc.record({ afterMs: fc.integer({ min: 1, max: 5_000 }), fromPeers: bytes, fromOrigin: bytes }),
  {
    minLength: 1,
    maxLength: 40,
  },
);

test("steady bytes are a steady rate, however the samples lie", () => {
  const history = new ByteHistory({ keepMs: 10_000 });
  for (const atMs of [0, 700, 1_000, 4_500, 8_000, 12_000]) {
    history.add(atMs, { fromPeers: atMs * 3, fromOrigin: atMs });
  }
  const rates = history.rates({ stepMs: 1_000, meanMs: 500 });
  expect(rates.map(({ atMs }) => atMs)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((s) => s * 1_000));
  for (const { fromPeers, fromOrigin } of rates) {
    expect(fromPeers).toBeCloseTo(3_000, 6);
    expect(fromOrigin).toBeCloseTo(1_000, 6);
  }
  expect(history.rateNow(2_000).fromPeers).toBeCloseTo(3_000, 6);
});

test("no byte is lost from the picture or drawn twice, even where counting begins again", () => {
  fc.assert(
    fc.property(
      growth,
      fc.integer({ min: 50, max: 3_000 }),
      fc.nat({ max: 40 }),
      (steps, stepMs, restartAt) => {
        const history = new ByteHistory({ keepMs: Number.MAX_SAFE_INTEGER });
        history.add(0, { fromPeers: 0, fromOrigin: 0 });
        const all = { fromPeers: 0, fromOrigin: 0 };
        let totals = { fromPeers: 0, fromOrigin: 0 };
        let atMs = 0;
        for (const [index, { afterMs, fromPeers, fromOrigin }] of steps.entries()) {
          // A new count is told from the old one by its being smaller.
          if (index === restartAt && fromPeers < totals.fromPeers) totals = { fromPeers: 0, fromOrigin: 0 };
          totals = { fromPeers: totals.fromPeers + fromPeers, fromOrigin: totals.fromOrigin + fromOrigin };
          all.fromPeers += fromPeers;
          all.fromOrigin += fromOrigin;
          atMs += afterMs;
          history.add(atMs, totals);
        }
        // To the end of a step, after which nothing comes.
        history.add(Math.ceil(atMs / stepMs) * stepMs, totals);
        const rates = history.rates({ stepMs, meanMs: stepMs });
        const sum = (source: "fromPeers" | "fromOrigin") =>
          rates.reduce((drawn, rate) => drawn + (rate[source] * stepMs) / 1_000, 0);
        expect(sum("fromPeers")).toBeCloseTo(all.fromPeers, 2);
        expect(sum("fromOrigin")).toBeCloseTo(all.fromOrigin, 2);
      },
    ),
  );
});

test("the picture goes back as far as it is told, stands on multiples of its step, and is never negative", () => {
  fc.assert(
    fc.property(growth, fc.integer({ min: 1_000, max: 20_000 }), (steps, keepMs) => {
      const history = new ByteHistory({ keepMs });
      let atMs = 0;
      for (const { afterMs, ...totals } of steps) {
        atMs += afterMs;
        history.add(atMs, totals);
      }
      const rates = history.rates({ stepMs: 500, meanMs: 1_000 });
      expect(rates.at(-1)?.atMs).toBe(atMs);
      for (const { atMs: at } of rates.slice(0, -1)) {
        expect(at % 500).toBe(0);
        expect(at).toBeGreaterThanOrEqual(atMs - keepMs);
      }
      for (const { fromPeers, fromOrigin } of rates)
        expect(Math.min(fromPeers, fromOrigin)).toBeGreaterThanOrEqual(0);
    }),
  );
});

test("old samples do not change what is kept", () => {
  const short = new ByteHistory({ keepMs: 5_000 });
  const long = new ByteHistory({ keepMs: 500_000 });
  for (let atMs = 0; atMs <= 60_000; atMs += 700) {
    for (const history of [short, long]) history.add(atMs, { fromPeers: atMs ** 2, fromOrigin: atMs });
  }
  const shown = short.rates({ stepMs: 1_000, meanMs: 1 });
  expect(long.rates({ stepMs: 1_000, meanMs: 1 }).slice(-shown.length)).toEqual(shown);
});

test("a rate now is the mean of the last while", () => {
  const history = new ByteHistory({ keepMs: 60_000 });
  history.add(0, { fromPeers: 0, fromOrigin: 0 });
  history.add(10_000, { fromPeers: 10_000, fromOrigin: 0 });
  history.add(12_000, { fromPeers: 10_000, fromOrigin: 8_000 });
  expect(history.rateNow(4_000)).toEqual({ fromPeers: 500, fromOrigin: 2_000 });
});

test("nothing seen is nothing shown, before the first sample and after clearing", () => {
  const history = new ByteHistory({ keepMs: 1_000 });
  const expectNothing = () => {
    expect(history.rateNow(1_000)).toEqual({ fromPeers: 0, fromOrigin: 0 });
    expect(history.rates({ stepMs: 100, meanMs: 100 })).toEqual([]);
  };
  expectNothing();
  history.add(5, { fromPeers: 1, fromOrigin: 1 });
  history.clear();
  expectNothing();
});
