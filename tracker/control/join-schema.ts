import * as v from "valibot";
import { COHORTS, MAX_BLOCKED_PEERS, PROTOCOL_VERSION } from "../../player/protocol/index.js";

// The shape that player/protocol/join.ts reads, as data: published as join.schema.json for players of other makers.

const MAX_URLS = 8;
const MAX_KEYS = 32;
const DAY_S = 86_400;

function described<const T extends v.GenericSchema>(schema: T, text: string) {
  return v.pipe(schema, v.description(text));
}

function whole(most: number, text: string) {
  return v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(most), v.description(text));
}

function share(most: number, text: string) {
  return v.pipe(v.number(), v.minValue(0), v.maxValue(most), v.description(text));
}

const url = v.pipe(v.string(), v.minLength(1));
const PEER_ID = v.pipe(v.string(), v.regex(/^[!-~]{20}$/));

const policy = v.object({
  cohort: described(
    v.picklist(COHORTS),
    "p2p: takes part. holdout: plays without peers, as a control group. off: P2P is switched off for this viewer.",
  ),
  mayUpload: described(v.boolean(), "false in networks that may only download."),
  viewers: whole(2 ** 31 - 1, "Viewers of this stream that the tracker knows of."),
  minViewers: whole(1_000_000, "P2P starts with so many viewers; 0 and 1: always."),
  holdoutShare: share(1, "Share of the sessions in the control group."),
  uploadRatio: v.optional(
    share(1000, "Bytes uploaded over bytes downloaded at most; absent: the player's default."),
  ),
  uploadKbps: v.optional(share(10_000_000, "Upload budget in kbit/s; absent: the player's default.")),
});

const iceServer = v.union([
  v.object({
    urls: v.pipe(v.array(v.pipe(v.string(), v.regex(/^(stuns?|turns?):\S{1,256}$/))), v.maxLength(MAX_URLS)),
    username: v.optional(v.never()),
    credential: v.optional(v.never()),
  }),
  v.object({
    urls: v.pipe(v.array(v.pipe(v.string(), v.regex(/^(stuns?|turns?):\S{1,256}$/))), v.maxLength(MAX_URLS)),
    username: v.string(),
    credential: v.string(),
  }),
]);

export const JoinSchema = v.object({
  version: described(v.literal(PROTOCOL_VERSION), "Of this document; players refuse others."),
  stream: v.pipe(
    v.string(),
    v.regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}$/),
    v.description("The stream that was asked for."),
  ),
  announce: v.pipe(
    v.array(url),
    v.minLength(1),
    v.maxLength(MAX_URLS),
    v.description(
      "Where to announce over WebSocket, best first; relative to the URL that was asked. The access token is added to the query as token.",
    ),
  ),
  iceServers: v.pipe(
    v.array(iceServer),
    v.maxLength(MAX_URLS),
    v.description("For RTCPeerConnection. Credentials expire, but not before the next refresh."),
  ),
  policy: described(policy, "What this viewer may do now."),
  integrityKeys: v.pipe(
    v.array(v.looseObject({ kid: v.pipe(v.string(), v.minLength(1)) })),
    v.maxLength(MAX_KEYS),
    v.description("Public keys (JWK) that sign this stream's playlists; none: the origin tells them."),
  ),
  reports: v.object({
    url: described(url, "Where to POST reports; relative to the URL that was asked."),
    intervalS: whole(DAY_S, "Seconds between reports."),
  }),
  blockedPeers: v.pipe(
    v.array(PEER_ID),
    v.maxLength(MAX_BLOCKED_PEERS),
    v.description("Peers found to send wrong bytes: neither to be connected to nor asked."),
  ),
  refreshS: whole(DAY_S, "Seconds until the document is asked for again."),
});
