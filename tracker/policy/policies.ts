import { createHash } from "node:crypto";
import type { Cohort, JoinPolicy, StreamName } from "../../player/protocol/index.js";
import type { Locator } from "../geo/locator.js";
import { countryCode, type Place } from "../nearness/place.js";
import type { Standing } from "../rules.js";
import type { StreamPolicy } from "./stream-policy.js";

/** Streams with policies of their own; more are refused. */
const MAX_STREAMS = 10_000;

/** Too many streams have a policy of their own. */
export class PoliciesFullError extends Error {
  override readonly name = "PoliciesFullError";
}

/** The policies in force: one for all streams, and what is different for some. */
export class Policies {
  /** Grows with each change; who has looked something up knows by it whether that still holds. */
  revision = 0;
  #common: StreamPolicy = {};
  readonly #streams = new Map<StreamName, StreamPolicy>();
  readonly #locator: Locator;

  constructor(locator: Locator) {
    this.#locator = locator;
  }

  /**
   * @param stream absent: the policy for all.
   * @throws {PoliciesFullError}
   */
  set(stream: StreamName | undefined, policy: StreamPolicy | undefined): void {
    if (stream === undefined) {
      this.#common = policy ?? {};
    } else if (policy === undefined) {
      this.#streams.delete(stream);
    } else {
      if (!this.#streams.has(stream) && this.#streams.size >= MAX_STREAMS) {
        throw new PoliciesFullError(
          `policy: expected at most ${MAX_STREAMS} streams with a policy of their own`,
        );
      }
      this.#streams.set(stream, policy);
    }
    this.revision += 1;
  }

  /** What was set, as it was set. */
  get(stream: StreamName | undefined): StreamPolicy {
    return stream === undefined ? this.#common : (this.#streams.get(stream) ?? {});
  }

  get all(): { readonly common: StreamPolicy; readonly streams: Readonly<Record<string, StreamPolicy>> } {
    return { common: this.#common, streams: Object.fromEntries(this.#streams) };
  }

  /** What holds for a stream: its own policy where it says something, else the common one. */
  effective(stream: StreamName | undefined): StreamPolicy {
    const own = stream === undefined ? {} : (this.#streams.get(stream) ?? {});
    return {
      ...this.#common,
      ...own,
      networks: { ...this.#common.networks, ...own.networks },
      countries: { ...this.#common.countries, ...own.countries },
    };
  }

  /** The strictest of what stream, network and country allow. */
  standingOf(stream: StreamName | undefined, place: Place): Standing {
    const { p2p = true, networks = {}, countries = {} } = this.effective(stream);
    if (!p2p) return "off";
    const network = this.#locator.networkOf(place);
    const country = countryCode(place.country);
    const found = [
      network && (networks[network.name] ?? network.standing),
      country === undefined ? undefined : countries[country],
    ];
    return found.includes("off") ? "off" : found.includes("leech") ? "leech" : "p2p";
  }

  /** What one viewer is told. */
  forViewer(viewer: {
    readonly stream: StreamName;
    readonly session: string;
    readonly place: Place;
    /** Of the stream. */
    readonly viewers: number;
  }): JoinPolicy {
    const { stream, session, place, viewers } = viewer;
    const { minViewers = 0, holdoutShare = 0, uploadRatio, uploadKbps } = this.effective(stream);
    const standing = this.standingOf(stream, place);
    return {
      cohort: cohortOf(standing, lot(stream, session) < holdoutShare),
      mayUpload: standing === "p2p",
      viewers,
      minViewers,
      holdoutShare,
      ...(uploadRatio !== undefined && { uploadRatio }),
      ...(uploadKbps !== undefined && { uploadKbps }),
    };
  }
}

function cohortOf(standing: Standing, isHeldOut: boolean): Cohort {
  if (standing === "off") return "off";
  return isHeldOut ? "holdout" : "p2p";
}

/** The same number in [0, 1) for the same session, whichever tracker is asked. */
function lot(stream: StreamName, session: string): number {
  return createHash("sha256").update(`${stream}/${session}`).digest().readUInt32BE(0) / 2 ** 32;
}
