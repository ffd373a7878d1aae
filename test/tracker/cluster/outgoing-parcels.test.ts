import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Parcel } from "../../../tracker/cluster/envelope.js";
import { OutgoingParcels } from "../../../tracker/cluster/outgoing-parcels.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const viewer = (session: string): Parcel => ({ kind: "viewer", stream: "news", session });

function outgoing() {
  const posted: [node: string, sessions: string[]][] = [];
  const parcels = new OutgoingParcels((node, sent) => {
    posted.push([node, sent.map((parcel) => (parcel.kind === "viewer" ? parcel.session : parcel.kind))]);
  });
  return { parcels, posted };
}

test("what is said to a node within a short time takes one message", () => {
  const { parcels, posted } = outgoing();
  parcels.add("one", viewer("1"));
  parcels.add("other", viewer("2"));
  parcels.add("one", viewer("3"));
  expect(posted).toEqual([]);
  vi.runAllTimers();
  expect(posted).toEqual([
    ["one", ["1", "3"]],
    ["other", ["2"]],
  ]);
  parcels.add("one", viewer("4"));
  vi.runAllTimers();
  expect(posted.slice(2)).toEqual([["one", ["4"]]]);
});

test("answers to a message leave at once and by themselves; what the message makes this node say to others waits", () => {
  const { parcels, posted } = outgoing();
  parcels.add("one", viewer("waits"));
  parcels.answering("one", () => {
    parcels.add("one", viewer("answer"));
    parcels.add("other", viewer("to another"));
    parcels.add("one", viewer("second answer"));
  });
  expect(posted).toEqual([["one", ["answer", "second answer"]]]);
  vi.runAllTimers();
  expect(posted.slice(1)).toEqual([
    ["one", ["waits"]],
    ["other", ["to another"]],
  ]);
});

test("an answer that can wait leaves with whatever else is said to the node", () => {
  const { parcels, posted } = outgoing();
  parcels.answering("one", () => parcels.add("one", viewer("answer"), { canWait: true }));
  parcels.add("one", viewer("later"));
  expect(posted).toEqual([]);
  vi.runAllTimers();
  expect(posted).toEqual([["one", ["answer", "later"]]]);
});

test("a message that says nothing that needs an answer gets none", () => {
  const { parcels, posted } = outgoing();
  parcels.answering("one", () => undefined);
  vi.runAllTimers();
  expect(posted).toEqual([]);
});

test("a message that fails half-way is answered as far as it was served", () => {
  const { parcels, posted } = outgoing();
  const fail = () =>
    parcels.answering("one", () => {
      parcels.add("one", viewer("answer"));
      throw new Error("the rest is nonsense");
    });
  expect(fail).toThrow("the rest is nonsense");
  expect(posted).toEqual([["one", ["answer"]]]);
});
