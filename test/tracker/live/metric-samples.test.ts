import fc from "fast-check";
import { Counter, Registry } from "prom-client";
import { expect, test } from "vitest";
import { metricSamples } from "../../../tracker/live/metric-samples.js";

test("samples are read as prom-client writes them, whatever the labels hold", async () => {
  // Only a line feed ends a line; prom-client writes other separators as they are.
  const separator = fc.constantFrom("\n", "\r", "\u2028", "\u2029", "\\n", '"', "} 5");
  const label = fc.oneof(fc.string({ unit: "grapheme", maxLength: 12 }), separator);
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(label, { minLength: 1, maxLength: 5 }), async (streams) => {
      const registry = new Registry();
      const counter = new Counter({
        name: "sent_total",
        help: "h",
        labelNames: ["stream"],
        registers: [registry],
      });
      new Counter({ name: "sent_total_twice", help: "h", registers: [registry] }).inc(99);
      for (const [index, stream] of streams.entries()) counter.inc({ stream }, index);
      const samples = metricSamples(await registry.metrics(), "sent_total");
      expect(samples).toEqual(streams.map((stream, index) => ({ labels: { stream }, value: index })));
    }),
  );
});

test("what is no sample is passed over", () => {
  fc.assert(
    fc.property(fc.string(), (page) => {
      for (const { value } of metricSamples(page, "a")) expect(Number.isFinite(value)).toBe(true);
    }),
  );
  expect(metricSamples("a NaN\na{b=\na\n# a 1\naa 3\na 2 1700000000", "a")).toEqual([
    { labels: {}, value: 2 },
  ]);
});
