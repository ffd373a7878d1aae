import { expect, test } from "vitest";
import { parseStreamName } from "../../../player/protocol/index.js";
import { Quarantine } from "../../../tracker/reports/quarantine.js";
import { MAX_LISTED, readQuarantineLists } from "../../../tracker/reports/quarantine-list.js";

const HOUR_MS = 3_600_000;
const NEWS = parseStreamName("news");

function quarantine(): Quarantine {
  return new Quarantine({ quorum: 3, onQuarantined: () => {} });
}

/** As it arrives at another node. */
function told(by: Quarantine, nowMs: number): unknown {
  return JSON.parse(JSON.stringify(by.list(nowMs)));
}

test("a list takes quarantines to a tracker whose clock is another one, and they end there when they would have", () => {
  const [first, later] = [quarantine(), quarantine()];
  first.impose(NEWS, "polluter", 1_000_000);
  first.imposeOnSession(NEWS, "eve", 1_000_000);
  for (const list of readQuarantineLists([told(first, 1_600_000)])) later.learn(list, 5000);
  for (const isOut of [
    (nowMs: number) => later.isQuarantined(NEWS, "polluter", nowMs),
    (nowMs: number) => later.isSessionQuarantined(NEWS, "eve", nowMs),
  ]) {
    expect(isOut(5000 + HOUR_MS - 600_001)).toBe(true);
    expect(isOut(5000 + HOUR_MS - 600_000)).toBe(false);
  }
});

test("what another tracker lists shortens no quarantine, and makes none longer than one of its own", () => {
  const at = quarantine();
  at.impose(NEWS, "polluter", 0);
  const entry = (who: string, forMs: number) => ({ stream: "news", who, forMs });
  const lists = readQuarantineLists([
    { peers: [entry("polluter", 1), entry("other", 20 * HOUR_MS)], sessions: [] },
  ]);
  for (const list of lists) at.learn(list, 0);
  expect(at.blockedPeers(NEWS, HOUR_MS - 1)).toEqual(["polluter", "other"]);
  expect(at.blockedPeers(NEWS, HOUR_MS)).toEqual([]);
});

test("a list leaves out those that are free again, and the earliest where there are too many", () => {
  const at = quarantine();
  at.imposeOnSession(NEWS, "free", 0);
  for (let number = 0; number <= MAX_LISTED; number++)
    at.imposeOnSession(NEWS, `${number}`, HOUR_MS + number);
  const { sessions } = at.list(HOUR_MS + MAX_LISTED);
  expect(sessions).toHaveLength(MAX_LISTED);
  expect(sessions.some(({ who }) => who === "free" || who === "0")).toBe(false);
});

test.each([
  undefined,
  null,
  [],
  { peers: [] },
  { peers: [{ stream: "no name", who: "x", forMs: 1 }], sessions: [] },
  { peers: [{ stream: "news", who: "x", forMs: -1 }], sessions: [] },
  { peers: Array(MAX_LISTED + 1).fill({ stream: "news", who: "x", forMs: 1 }), sessions: [] },
])("an answer that is no list is left out: %#", (answer) => {
  expect(readQuarantineLists([answer])).toEqual([]);
});
