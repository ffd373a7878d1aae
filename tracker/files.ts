import { readFile } from "node:fs/promises";
import { createTokenVerifier, parseAccessKeys, type TokenVerifier } from "../player/protocol/access-token.js";
import type { IntegrityKey } from "../player/protocol/index.js";
import { Admission } from "./admission/admission.js";
import { trustedProxies } from "./admission/trusted-proxies.js";
import { createLocator, type Locator } from "./geo/locator.js";
import { OptionError, type TrackerSettings } from "./options.js";
import { Policies } from "./policy/policies.js";
import { readPolicies } from "./policy/policies-file.js";

/** What a tracker knows from files, read before it listens. */
export interface TrackerFiles {
  readonly admission: Admission;
  readonly locator: Locator;
  readonly policies: Policies;
  readonly integrityKeys: readonly IntegrityKey[];
}

/** @throws {OptionError} naming option and file. */
export async function readTrackerFiles(settings: TrackerSettings): Promise<TrackerFiles> {
  const locator = await createLocator({ geo: settings.geo, networks: settings.networks });
  const policies = new Policies(locator);
  if (settings.policies !== undefined) {
    const { common, streams } = await readPolicies(settings.policies);
    policies.set(undefined, common);
    for (const [stream, policy] of streams) policies.set(stream, policy);
  }
  return {
    admission: new Admission({
      ...settings,
      trustedProxies: trustedProxies(settings.trustedProxies),
      verify: await createVerifier(settings),
    }),
    locator,
    policies,
    integrityKeys: await readIntegrityKeys(settings.integrityKeys),
  };
}

async function createVerifier(settings: TrackerSettings): Promise<TokenVerifier | undefined> {
  const { accessKeys: file, tokenIssuer: issuer, tokenAudience: audience } = settings;
  if (file === undefined) return undefined;
  try {
    return createTokenVerifier({
      keys: await parseAccessKeys(await readFile(file, "utf8")),
      issuer,
      audience,
    });
  } catch (cause) {
    throw new OptionError(`accessKeys: ${file}: ${(cause as Error).message}`, { cause });
  }
}

/** Only what is public of the keys: the file may hold the private halves, too. */
async function readIntegrityKeys(file: string | undefined): Promise<IntegrityKey[]> {
  if (file === undefined) return [];
  try {
    const text = await readFile(file, "utf8");
    const keys = await parseAccessKeys(text);
    for (const { algorithm, id } of keys.values()) {
      if (algorithm === "HS256") throw new RangeError(`${id}: expected a public key, got a secret`);
    }
    const json: { keys?: IntegrityKey[] } & IntegrityKey = JSON.parse(text);
    return (json.keys ?? [json]).map(({ kty = "", crv = "", kid, x = "", y }) => ({
      kty,
      crv,
      kid,
      x,
      ...(y !== undefined && { y }),
    }));
  } catch (cause) {
    throw new OptionError(`integrityKeys: ${file}: ${(cause as Error).message}`, { cause });
  }
}
