import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { createTokenVerifier, parseAccessKeys, type TokenVerifier } from "../player/protocol/access-token.js";
import type { IntegrityKey } from "../player/protocol/index.js";
import { Admission } from "./admission/admission.js";
import { rememberVerified } from "./admission/remember-verified.js";
import { trustedProxies } from "./admission/trusted-proxies.js";
import { createLocator, type Locator } from "./geo/locator.js";
import { OptionError, type TrackerSettings } from "./options.js";
import { Policies } from "./policy/policies.js";
import { readPolicies } from "./policy/policies-file.js";

/** What can be read anew while the tracker serves: certificates and keys run out. */
export interface RenewableFiles {
  readonly admission: Admission;
  /** Keys that access tokens are checked with; absent where no tokens are asked for. */
  readonly keys: number | undefined;
  readonly integrityKeys: readonly IntegrityKey[];
  /** Absent: no TLS. */
  readonly certificate: Certificate | undefined;
}

/** What a tracker knows from files, read before it listens. */
export interface TrackerFiles extends RenewableFiles {
  readonly locator: Locator;
  readonly policies: Policies;
}

/** PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
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
  return { locator, policies, ...(await readRenewableFiles(settings)) };
}

/** @throws {OptionError} naming option and file. */
export async function readRenewableFiles(settings: TrackerSettings): Promise<RenewableFiles> {
  const access = await createVerifier(settings);
  return {
    admission: new Admission({
      ...settings,
      trustedProxies: trustedProxies(settings.trustedProxies),
      verify: access?.verify,
    }),
    keys: access?.keys,
    integrityKeys: await readIntegrityKeys(settings.integrityKeys),
    certificate: await readCertificate(settings),
  };
}

async function readCertificate({ tlsCert, tlsKey }: TrackerSettings): Promise<Certificate | undefined> {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  const read = async (name: string, file: string) => {
    try {
      return await readFile(file, "utf8");
    } catch (cause) {
      throw new OptionError(`${name}: cannot read ${file} (${(cause as Error).message})`, { cause });
    }
  };
  const certificate = { cert: await read("tlsCert", tlsCert), key: await read("tlsKey", tlsKey) };
  try {
    createSecureContext(certificate);
  } catch (cause) {
    throw new OptionError(
      `tlsCert: expected a certificate and its key (PEM) in ${tlsCert} and ${tlsKey} (${(cause as Error).message})`,
      { cause },
    );
  }
  return certificate;
}

async function createVerifier(
  settings: TrackerSettings,
): Promise<{ readonly verify: TokenVerifier; readonly keys: number } | undefined> {
  const { accessKeys: file, tokenIssuer: issuer, tokenAudience: audience } = settings;
  if (file === undefined) return undefined;
  try {
    const keys = await parseAccessKeys(await readFile(file, "utf8"));
    const verify = rememberVerified(createTokenVerifier({ keys, issuer, audience }));
    return { verify, keys: keys.size };
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
