import { expect, test } from "vitest";
import { AccessToken } from "../../../player/control/access-token.js";
import { ManualClock } from "../../support/manual-clock.js";

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const jwt = (claims: object) => `${part({ alg: "ES256" })}.${part(claims)}.c2lnbmF0dXJl`;

function room(give: (asked: number) => unknown) {
  const clock = new ManualClock();
  const asked = { times: 0 };
  const token = new AccessToken(() => give(++asked.times) as string, clock);
  return { clock, asked, token };
}

test("a token is asked for again before it expires, whatever time the page believes it is", async () => {
  // Both long ago, or far ahead: only the time between them counts.
  const { clock, asked, token } = room((times) => jwt({ iat: times * 1_000, exp: times * 1_000 + 300 }));
  const first = await token.fresh();
  clock.advance(239_000);
  expect(await token.fresh()).toBe(first);
  clock.advance(2_000);
  const second = await token.fresh();
  expect(second).not.toBe(first);
  expect(token.newest).toBe(second);
  expect(asked.times).toBe(2);
});

test("those who need a token at the same time share one question", async () => {
  const { asked, token } = room(() => jwt({ iat: 0, exp: 60 }));
  await Promise.all([token.fresh(), token.fresh(), token.fresh()]);
  expect(asked.times).toBe(1);
});

test("one that was refused is not used again", async () => {
  const { token } = room((times) => `opaque-${times}`);
  expect(await token.fresh()).toBe("opaque-1");
  token.refused();
  expect(await token.fresh()).toBe("opaque-2");
});

test.each([["no-jwt"], ["a.b.c"], [jwt({})], [jwt({ iat: 9, exp: 3 })], [`.${"A".repeat(11)}.`]])(
  "%s says nothing of its lifetime, and is used for a minute at most",
  async (text) => {
    const { clock, asked, token } = room(() => text);
    await token.fresh();
    clock.advance(47_000);
    await token.fresh();
    expect(asked.times).toBe(1);
    clock.advance(13_000);
    await token.fresh();
    expect(asked.times).toBe(2);
  },
);

test.each([
  [() => undefined, "getToken: expected a token, got undefined"],
  [() => Promise.reject(new Error("not logged in")), "not logged in"],
  [
    () => {
      throw new Error("broken page");
    },
    "broken page",
  ],
])("where the page gives none, that is said, and it is asked again", async (give, message) => {
  const { asked, token, clock } = room(give);
  await expect(token.fresh()).rejects.toThrow(message);
  await expect(token.fresh()).rejects.toThrow(message);
  expect(asked.times).toBe(2);
  expect(clock.pending).toBe(0);
});

test("a page that never answers is not waited for without end", async () => {
  const { clock, token } = room(() => new Promise(() => {}));
  const answer = token.fresh();
  clock.advance(10_000);
  await expect(answer).rejects.toThrow("getToken: no answer in time");
});
