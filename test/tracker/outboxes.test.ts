import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Outbox, Outboxes } from "../../tracker/outboxes.js";

class Letters implements Outbox {
  readonly flushed: string[] = [];
  #held = "";

  constructor(readonly all: Outboxes) {}

  put(letter: string): void {
    if (this.#held === "") this.all.filled(this);
    this.#held += letter;
  }

  flush(): void {
    this.flushed.push(this.#held);
    this.#held = "";
  }
}

test("all that is sent within one turn leaves in one piece, in order, and not before its end", async () => {
  const all = new Outboxes();
  const [one, other] = [new Letters(all), new Letters(all)];
  one.put("a");
  other.put("x");
  one.put("b");
  await Promise.resolve();
  one.put("c");
  expect(one.flushed).toEqual([]);
  await turn();
  expect([one.flushed, other.flushed]).toEqual([["abc"], ["x"]]);
});

test("what is sent while others are emptied leaves with the next turn", async () => {
  const all = new Outboxes();
  const late = new Letters(all);
  const early: Outbox = { flush: () => late.put("l") };
  all.filled(early);
  await turn();
  expect(late.flushed).toEqual([]);
  await turn();
  expect(late.flushed).toEqual(["l"]);
});
