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

const LINE = 8;

function numbered(count: number) {
  return Object.fromEntries(Array.from({ length: count }, (_, place) => [`n${place}`, "number" as const]));
}

test("reading ahead reads from each of a record's lines and from no other record", () => {
  const Long = recordsOf(numbered(17));
  expect(Long.size % LINE).toBe(0);
  const memory = Long.memory(3).fill(1_000);
  const record = new Long(memory, 1) as Record<string, number>;
  for (let place = 0; place < 17; place++) record[`n${place}`] = 1;
  expect(Long.glance(memory, 1)).toBe(Long.size / LINE);
});

test("reading ahead leaves out the lines of what is seldom looked at", () => {
  const Long = recordsOf(numbered(17), 1);
  const memory = Long.memory(2);
  const record = new Long(memory, 1) as Record<string, number>;
  record.n0 = 1;
  record.n8 = 10;
  record.n16 = 100;
  expect(Long.glance(memory, 1)).toBe(1);
});
