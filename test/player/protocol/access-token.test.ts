import { createSign, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import fc from "fast-check";
import { SignJWT } from "jose";
import { expect, test } from "vitest";
import {
  type AccessGrant,
  AccessKeyError,
  type AccessKeys,
  AccessTokenError,
  createTokenIssuer,
  createTokenVerifier,
  MAX_TOKEN_LENGTH,
  parseAccessKeys,
  type TokenRefusal,
} from "../../../player/protocol/access-token.js";
import { parseStreamName } from "../../../player/protocol/index.js";

const NOW_S = 1_790_000_000;
const clock = () => NOW_S * 1000;
const news = parseStreamName("news");
const grant: AccessGrant = { stream: news, session: "viewer-1", expiresAtS: NOW_S + 300, tokenId: "t1" };

const ed = generateKeyPairSync("ed25519");
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const secret = randomBytes(32);
const jwkOf = (key: KeyObject) => key.export({ format: "jwk" });
const JWKS = {
  EdDSA: { ...jwkOf(ed.privateKey), kid: "EdDSA" },
  ES256: { ...jwkOf(ec.privateKey), kid: "ES256", alg: "ES256" },
  HS256: { kty: "oct", k: secret.toString("base64url"), kid: "HS256" },
};
type Kid = keyof typeof JWKS;

const keysOf = (...jwks: object[]): Promise<AccessKeys> => parseAccessKeys(JSON.stringify({ keys: jwks }));
const all = await keysOf(...Object.values(JWKS));
const keyNamed = (kid: Kid) => all.get(kid) ?? expect.unreachable();
const issue = (kid: Kid, content: AccessGrant = grant) => createTokenIssuer({ key: keyNamed(kid) })(content);

async function refusal(check: Promise<unknown>): Promise<TokenRefusal | "accepted"> {
  try {
    await check;
    return "accepted";
  } catch (error) {
    if (!(error instanceof AccessTokenError)) throw error;
    expect(error.message).toMatch(/^[A-Z][^\n]+\.$/);
    return error.reason;
  }
}

const kids = fc.constantFrom<Kid>("EdDSA", "ES256", "HS256");
const ids = fc.stringMatching(/^[!-~]{1,128}$/);
const streams = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/).map(parseStreamName);

test("what was granted is what the verifier reads, with every kind of key", async () => {
  const verify = createTokenVerifier({ keys: all, clock });
  await fc.assert(
    fc.asyncProperty(
      kids,
      streams,
      ids,
      ids,
      fc.integer({ min: 0, max: 3600 }),
      async (kid, stream, session, tokenId, lifetimeS) => {
        const granted = { stream, session, tokenId, expiresAtS: NOW_S + lifetimeS };
        expect(await verify(await issue(kid, granted), stream)).toEqual(granted);
      },
    ),
    { numRuns: 40 },
  );
});

test("a token with any character changed is refused", async () => {
  const verify = createTokenVerifier({ keys: all, clock });
  const tokens = { EdDSA: await issue("EdDSA"), ES256: await issue("ES256"), HS256: await issue("HS256") };
  await fc.assert(
    fc.asyncProperty(
      kids,
      fc.nat(),
      fc.stringMatching(/^[A-Za-z0-9_.=-]$/),
      async (kid, place, character) => {
        const token = tokens[kid];
        const at = place % token.length;
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        // Unused bits of the last character of a base64url part do not count.
        const bytesOf = (text: string) =>
          text.split(".").map((part) => Buffer.from(part, "base64url").toString("hex"));
        fc.pre(bytesOf(changed).join() !== bytesOf(token).join());
        expect(await refusal(verify(changed, news))).toMatch(/^(signature|malformed)$/);
      },
    ),
    { numRuns: 150 },
  );
});

test("any value is refused with a reason, never with another error", async () => {
  const verify = createTokenVerifier({ keys: all, clock });
  const part = fc.json().map((json) => Buffer.from(json).toString("base64url"));
  const text = fc.array(fc.oneof(part, fc.string()), { maxLength: 5 }).map((parts) => parts.join("."));
  await fc.assert(
    fc.asyncProperty(fc.oneof(text, fc.anything()), async (value) => {
      expect(await refusal(verify(value, news))).toMatch(/^(missing|malformed|signature)$/);
    }),
  );
});

test.each<[string, Partial<AccessGrant>, TokenRefusal | "accepted"]>([
  ["within the tolerance after its end", { expiresAtS: NOW_S - 29 }, "accepted"],
  ["beyond the tolerance after its end", { expiresAtS: NOW_S - 30 }, "expired"],
  ["as long as accepted", { expiresAtS: NOW_S + 3630 }, "accepted"],
  ["longer than accepted", { expiresAtS: NOW_S + 3631 }, "lifetime"],
  ["for another stream", { stream: parseStreamName("sport") }, "stream"],
  ["with an empty session", { session: "" }, "malformed"],
  ["with a session that breaks a line", { session: "a\nb" }, "malformed"],
  ["with a session of 129 characters", { session: "a".repeat(129) }, "malformed"],
  ["with an id that is too long", { tokenId: "a".repeat(129) }, "malformed"],
])("a token %s", async (_, change, reason) => {
  const verify = createTokenVerifier({ keys: all, clock });
  expect(await refusal(verify(await issue("EdDSA", { ...grant, ...change }), news))).toBe(reason);
});

test("a token of another issuer or for another server is refused", async () => {
  const verify = createTokenVerifier({
    keys: all,
    clock,
    issuer: "shop.example",
    audience: "origin.example",
  });
  const key = keyNamed("ES256");
  const sign = (issuer: string, audience: string[]) => createTokenIssuer({ key, issuer, audience })(grant);
  const reasons = [
    await refusal(verify(await sign("shop.example", ["tracker.example", "origin.example"]), news)),
    await refusal(verify(await sign("other.example", ["origin.example"]), news)),
    await refusal(verify(await sign("shop.example", ["tracker.example"]), news)),
  ];
  expect(reasons).toEqual(["accepted", "issuer", "audience"]);
});

test.each(["iss", "aud", "sub", "stream", "exp", "jti"])("a token without %s is refused", async (claim) => {
  const verify = createTokenVerifier({ keys: all, clock });
  const claims: Record<string, unknown> = {
    iss: "nearcast",
    aud: "nearcast",
    sub: "v",
    stream: "news",
    exp: NOW_S + 9,
    jti: "t",
  };
  const sign = (payload: object) =>
    new SignJWT({ ...payload }).setProtectedHeader({ alg: "HS256", kid: "HS256" }).sign(secret);
  expect(await refusal(verify(await sign(claims), news))).toBe("accepted");
  delete claims[claim];
  expect(await refusal(verify(await sign(claims), news))).toMatch(/^(malformed|audience|issuer)$/);
});

test("a token that is not valid yet is refused", async () => {
  const verify = createTokenVerifier({ keys: all, clock });
  const token = await new SignJWT({
    iss: "nearcast",
    aud: "nearcast",
    sub: "v",
    stream: "news",
    exp: NOW_S + 900,
    jti: "t",
    nbf: NOW_S + 60,
  })
    .setProtectedHeader({ alg: "HS256", kid: "HS256" })
    .sign(secret);
  expect(await refusal(verify(token, news))).toBe("lifetime");
});

test("algorithms cannot be confused", async () => {
  const publicJwks = [JWKS.EdDSA, JWKS.ES256].map(({ d: _, ...half }: Record<string, unknown>) => half);
  const verify = createTokenVerifier({ keys: await keysOf(...publicJwks), clock });
  const payload = (await issue("ES256")).split(".")[1] ?? "";
  const headed = (header: object) =>
    `${Buffer.from(JSON.stringify(header)).toString("base64url")}.${payload}`;

  expect(await refusal(verify(`${headed({ alg: "none" })}.AA`, news))).toBe("signature");
  expect(await refusal(verify(`${headed({ alg: "none" })}.`, news))).toBe("malformed");
  // The public key as an HMAC secret.
  for (const form of ["der", "pem"] as const) {
    const exported = ec.publicKey.export({ type: "spki", format: form as "der" });
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: "HS256", kid: "ES256" })
      .sign(Buffer.from(exported));
    expect(await refusal(verify(token, news))).toBe("signature");
  }
  // Signed by the right key under another key's name.
  const input = headed({ alg: "ES256", kid: "EdDSA" });
  const signature = createSign("sha256")
    .update(input)
    .sign({ key: ec.privateKey, dsaEncoding: "ieee-p1363" });
  expect(await refusal(verify(`${input}.${signature.toString("base64url")}`, news))).toBe("signature");
  // The key that the token brings along.
  const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const carried = headed({ alg: "ES256", jwk: jwkOf(own.publicKey), jku: "http://127.0.0.1:9/", kid: "own" });
  const forged = createSign("sha256")
    .update(carried)
    .sign({ key: own.privateKey, dsaEncoding: "ieee-p1363" });
  expect(await refusal(verify(`${carried}.${forged.toString("base64url")}`, news))).toBe("signature");
});

test("a token too long to be one is refused before it is read", async () => {
  const verify = createTokenVerifier({ keys: all, clock });
  expect(await refusal(verify(`a.b.${"c".repeat(MAX_TOKEN_LENGTH)}`, news))).toBe("malformed");
});

test("without a kid the only key is meant, among several none", async () => {
  const token = await new SignJWT({
    iss: "nearcast",
    aud: "nearcast",
    sub: "v",
    stream: "news",
    exp: NOW_S + 9,
    jti: "t",
  })
    .setProtectedHeader({ alg: "HS256" })
    .sign(secret);
  const alone = createTokenVerifier({ keys: await keysOf(JWKS.HS256), clock });
  expect(await refusal(alone(token, news))).toBe("accepted");
  expect(await refusal(createTokenVerifier({ keys: all, clock })(token, news))).toBe("signature");
});

test("the public half verifies and cannot sign", async () => {
  const { d: _, ...half } = JWKS.EdDSA as Record<string, unknown>;
  const keys = await parseAccessKeys(JSON.stringify(half));
  const key = keys.get("EdDSA") ?? expect.unreachable();
  expect(await createTokenVerifier({ keys, clock })(await issue("EdDSA"), news)).toEqual(grant);
  expect(() => createTokenIssuer({ key })).toThrow('The key "EdDSA" has no private half to sign with.');
});

test.each<[string, unknown, string]>([
  ["no object", 7, 'key: expected a JWK with "kty": "OKP" (Ed25519), "EC" (P-256) or "oct"'],
  ["no keys", { keys: [] }, "keys: expected a list of 1 to 32 JWKs"],
  ["too many keys", { keys: Array(33).fill(JWKS.ES256) }, "keys: expected a list of 1 to 32 JWKs"],
  ["RSA", { kty: "RSA", kid: "r", n: "AQAB", e: "AQAB" }, 'key.kty: expected a JWK with "kty"'],
  ["no kid", { ...JWKS.ES256, kid: undefined }, "key.kid: expected the key's id"],
  [
    "another curve",
    { ...JWKS.ES256, crv: "P-384" },
    'key.crv: expected "Ed25519" for OKP and "P-256" for EC',
  ],
  [
    "another algorithm",
    { keys: [JWKS.HS256, { ...JWKS.EdDSA, alg: "HS256" }] },
    'keys.1.alg: expected "EdDSA" for OKP',
  ],
  ["a point off the curve", { ...JWKS.ES256, y: "A".repeat(43) }, "key: not a valid ES256 key"],
  ["a short secret", { ...JWKS.HS256, k: "c2hvcnQ" }, "key.k: expected a secret of at least 32 bytes"],
  [
    "one id twice",
    { keys: [JWKS.ES256, { ...JWKS.EdDSA, kid: "ES256" }] },
    'keys.1.kid: "ES256" occurs twice',
  ],
])("a key file with %s is refused without quoting it", async (_, json, sentence) => {
  const failure = await parseAccessKeys(JSON.stringify(json)).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(AccessKeyError);
  expect((failure as Error).message).toContain(sentence);
  expect((failure as Error).message).not.toContain(String(JWKS.ES256.d));
});

test("any text is a key file or refused as one, and never quoted", async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
      const failure = await parseAccessKeys(text).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(AccessKeyError);
    }),
  );
  await expect(parseAccessKeys("secret words")).rejects.toThrow(/^(?!.*secret words)/);
});
