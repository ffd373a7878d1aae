import type { StreamName } from "../player/protocol/index.js";
import type { AddressRecord } from "./admission/address-book.js";
import type { Place } from "./nearness/place.js";
import type { Standing } from "./rules.js";
import type { Reach } from "./sdp/restrict.js";

/** Who is at the other end of a connection, as far as the tracker knows. */
export interface Visitor {
  /** This connection's number; never given twice by one tracker. */
  readonly number: number;
  readonly place: Place;
  /** The stream that it says it watches, or that its token is for. */
  readonly stream: StreamName | undefined;
  /** The viewer's session, from its token. Absent where no tokens are asked for. */
  readonly session: string | undefined;
  /** Of its public address, shared with all others there. */
  readonly record: AddressRecord;
  /** What it may do by the policies, as of their revision `standingRevision`. */
  standing: Standing;
  standingRevision: number;
}

/** What of each other's addresses two visitors can reach, and therefore may know. */
export function reachBetween(a: Place, b: Place): Reach {
  if (a.scope === "loopback" && b.scope === "loopback") return "machine";
  if (a.scope !== "public" && b.scope !== "public") return "network";
  if (a.prefix === b.prefix && a.host === b.host) return "network";
  return a.network === b.network && a.network >= 0 ? "network" : "anyone";
}
