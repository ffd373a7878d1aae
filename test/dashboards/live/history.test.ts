import { expect, test } from "vitest";
import { CurveHistory } from "../../../dashboards/live/history.js";

const NOTHING = { stepS: 5, endedAgoS: 0, wastedFromOrigin: [], originSent: [] };
/** What each point is the mean of: two stretches. */
const WINDOW_S = 10;

function bucketsOf(fromPeers: number[], fromOrigin: number[], originSent: (number | null)[] = []) {
  return { ...NOTHING, fromPeers, fromOrigin, originSent, wastedFromOrigin: fromPeers.map(() => 0) };
}

test("curves are means over the window, with offload by both counts and the residual by the origin's", () => {
  const history = new CurveHistory();
  history.add(bucketsOf([300, 100], [100, 300], [80, 320]), true, 1_000);
  expect(history.curves(WINDOW_S)).toEqual({
    atS: [995, 1_000],
    played: [null, 80],
    residual: [null, 40],
    reported: [null, 0.5],
    implied: [null, 0.5],
  });
});

test("where the origin's count is not known the residual is what players report, and nothing is implied", () => {
  const history = new CurveHistory();
  history.add({ ...bucketsOf([300, 100], [100, 300], [80, null]), wastedFromOrigin: [0, 100] }, true, 1_000);
  expect(history.curves(WINDOW_S)).toMatchObject({ residual: [null, 48], implied: [null, null] });
});

test("without anything played there is no share of it", () => {
  const history = new CurveHistory();
  history.add(bucketsOf([0, 0], [0, 0]), true, 1_000);
  expect(history.curves(WINDOW_S)).toMatchObject({ played: [null, 0], reported: [null, null] });
});

test("a tracker that was started anew leaves a gap, and no mean reaches across it", () => {
  const history = new CurveHistory();
  history.add(bucketsOf([100, 100], [0, 0]), true, 1_000);
  history.beginRun();
  history.add(bucketsOf([10, 10], [90, 90]), true, 1_060);
  const { atS, reported } = history.curves(WINDOW_S);
  expect(atS).toEqual([995, 1_000, 1_005, 1_055, 1_060]);
  expect(reported).toEqual([null, 1, null, null, 0.1]);
});

test("a connection that was lost tells all again, and nothing is drawn twice", () => {
  const history = new CurveHistory();
  history.add(bucketsOf([100], [0]), true, 1_000);
  history.add(bucketsOf([100], [0]), false, 1_005);
  history.add(bucketsOf([100, 100, 100], [0, 0, 0]), true, 1_010);
  expect(history.curves(WINDOW_S).atS).toEqual([1_000, 1_005, 1_010]);
});

test("what is older than an hour is forgotten", () => {
  const history = new CurveHistory();
  history.add(bucketsOf([100], [0]), true, 1_000);
  history.beginRun();
  history.add(bucketsOf([100], [0]), true, 5_000);
  expect(history.curves(WINDOW_S).atS).toEqual([5_000]);
});
