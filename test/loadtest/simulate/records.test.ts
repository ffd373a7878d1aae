import fc from "fast-check";
import { expect, test } from "vitest";
import { recordsOf } from "../../../loadtest/simulate/records.js";

const Visit = recordsOf({
  atMs: "number",
  isPaused: "flag",
  stalledSinceMs: "number?",
  segment: "number",
  isAsking: "flag",
});
type Visit = InstanceType<typeof Visit>;

const RECORDS = 5;
const numbers = fc.double({ noNaN: true });
const change = fc.record(
  {
    atMs: numbers,
    isPaused: fc.boolean(),
    isAsking: fc.boolean(),
    stalledSinceMs: fc.option(numbers, { nil: undefined }),
    segment: numbers,
  },
  { requiredKeys: [] },
);

function visits(): Visit[] {
  const memory = Visit.memory(RECORDS);
  return Array.from({ length: RECORDS }, (_, record) => new Visit(memory, record));
}

function propertiesOf({ atMs, isPaused, stalledSinceMs, segment, isAsking }: Visit) {
  return { atMs, isPaused, stalledSinceMs, segment, isAsking };
}

test("a new record holds nothing", () => {
  for (const visit of visits())
    expect(propertiesOf(visit)).toEqual({
      atMs: 0,
      isPaused: false,
      stalledSinceMs: undefined,
      segment: 0,
      isAsking: false,
    });
});

test("each record keeps what was written to it last, whatever its neighbours in memory hold", () => {
  const changes = fc.array(fc.tuple(fc.nat({ max: RECORDS - 1 }), change), { maxLength: 100 });
  fc.assert(
    fc.property(changes, (list) => {
      const records = visits();
      const model = records.map(propertiesOf);
      for (const [record, values] of list) {
        Object.assign(records[record] as Visit, values);
        Object.assign(model[record] as object, values);
      }
      expect(records.map(propertiesOf)).toEqual(model);
    }),
  );
});
