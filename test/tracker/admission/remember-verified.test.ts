import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import {
  createTokenVerifier,
  parseAccessKeys,
  type TokenVerifier,
} from "../../../player/protocol/access-token.js";
import { parseStreamName } from "../../../player/protocol/index.js";
import { rememberVerified } from "../../../tracker/admission/remember-verified.js";
import { keyFile, token } from "../../support/tracker-tokens.js";

const NEWS = parseStreamName("news");
const SPORT = parseStreamName("sport");

/** A verifier that remembers, and how often it has computed a signature. */
async function remembering(clock?: () => number) {
  const keys = await parseAccessKeys(await readFile(await keyFile(), "utf8"));
  const verify = createTokenVerifier({ keys });
  const counted = { times: 0 };
  const counting: TokenVerifier = (...asked) => {
    counted.times += 1;
    return verify(...asked);
  };
  return { counted, verify: rememberVerified(counting, clock) };
}

test("a token that is shown again is not checked again", async () => {
  const { counted, verify } = await remembering();
  const [alices, bobs] = [await token({ session: "alice" }), await token({ session: "bob" })];
  for (let times = 0; times < 5; times++) {
    expect(await verify(alices, NEWS)).toMatchObject({ session: "alice", stream: NEWS });
    expect(await verify(bobs, NEWS)).toMatchObject({ session: "bob", stream: NEWS });
  }
  expect(counted.times).toBe(2);
});

test("a token that was good for one stream stays refused for another", async () => {
  const { verify } = await remembering();
  const shown = await token();
  for (let times = 0; times < 3; times++) {
    await verify(shown, NEWS);
    await expect(verify(shown, SPORT)).rejects.toMatchObject({ reason: "stream" });
  }
});

test("a token is checked again when it has expired, and what was refused is not remembered", async () => {
  let nowMs = Date.now();
  const { counted, verify } = await remembering(() => nowMs);
  const shown = await token({ expiresInS: 60 });
  await verify(shown, NEWS);
  nowMs += 61_000;
  await verify(shown, NEWS);
  expect(counted.times).toBe(2);
  for (const wrong of [undefined, 7, "", "a.b.c", `${shown}x`]) {
    for (let times = 0; times < 2; times++) await expect(verify(wrong, NEWS)).rejects.toThrow();
  }
  expect(counted.times).toBe(12);
});
