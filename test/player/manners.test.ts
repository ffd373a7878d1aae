import { expect, test } from "vitest";
import { followManners, type Situations } from "../../player/manners.js";
import { ManualClock } from "../support/manual-clock.js";

const NEVER: Situations = { saveData: false, cellular: false, lowBattery: false, hidden: false };
const ALWAYS: Situations = { saveData: true, cellular: true, lowBattery: true, hidden: true };

/** A browser that tells what the test says. */
class Browser {
  readonly clock = new ManualClock();
  readonly connection = Object.assign(new EventTarget(), { saveData: false, type: "wifi" });
  readonly battery = Object.assign(new EventTarget(), { level: 1, charging: false });
  readonly document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  readonly told: (string | undefined)[] = [];
  readonly stop: () => void;

  constructor(uploadWhile: Situations) {
    const navigator = { connection: this.connection, getBattery: async () => this.battery };
    const page = { navigator, document: this.document as unknown as Document };
    this.stop = followManners(uploadWhile, page, this.clock, (because) => this.told.push(because));
  }

  connect(change: Partial<{ saveData: boolean; type: string }>): void {
    Object.assign(this.connection, change);
    this.connection.dispatchEvent(new Event("change"));
  }

  async charge(level: number, charging: boolean): Promise<void> {
    // The battery is asked for when the page begins.
    await Promise.resolve();
    Object.assign(this.battery, { level, charging });
    this.battery.dispatchEvent(new Event("levelchange"));
  }

  show(visibilityState: "visible" | "hidden"): void {
    this.document.visibilityState = visibilityState;
    this.document.dispatchEvent(new Event("visibilitychange"));
  }
}

test("saved data, a cellular network, a low battery and a hidden tab each end uploads, and their end brings them back", async () => {
  const browser = new Browser(NEVER);
  browser.connect({ saveData: true });
  browser.connect({ saveData: false });
  browser.connect({ type: "cellular" });
  browser.connect({ type: "wifi" });
  await browser.charge(0.2, false);
  await browser.charge(0.2, true);
  browser.show("hidden");
  browser.clock.advance(59_999);
  expect(browser.told.at(-1)).toBeUndefined();
  browser.clock.advance(1);
  browser.show("visible");
  expect(browser.told).toEqual([
    "the browser is asked to save data",
    undefined,
    "the network is a cellular one",
    undefined,
    "the battery is low",
    undefined,
    "the tab is hidden",
    undefined,
  ]);
});

test("a tab that is looked at in between is not hidden for long", () => {
  const browser = new Browser(NEVER);
  for (let times = 0; times < 5; times++) {
    browser.show("hidden");
    browser.clock.advance(50_000);
    browser.show("visible");
  }
  browser.clock.advance(120_000);
  expect(browser.told).toEqual([]);
});

test("who is told to upload in all of these does", async () => {
  const browser = new Browser(ALWAYS);
  browser.connect({ saveData: true, type: "cellular" });
  await browser.charge(0.01, false);
  browser.show("hidden");
  browser.clock.advance(600_000);
  expect(browser.told).toEqual([]);
});

test("after it is stopped nothing is told, and no timer is left", () => {
  const browser = new Browser(NEVER);
  browser.show("hidden");
  browser.stop();
  browser.connect({ saveData: true });
  expect([browser.told, browser.clock.pending]).toEqual([[], 0]);
});

test("a browser that tells nothing is taken for a good moment", () => {
  const told: unknown[] = [];
  const document = Object.assign(new EventTarget(), { visibilityState: "visible" }) as unknown as Document;
  const stop = followManners(NEVER, { navigator: {}, document }, new ManualClock(), (because) =>
    told.push(because),
  );
  stop();
  expect(told).toEqual([]);
});
