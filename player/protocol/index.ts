export { decodeBase64Url, encodeBase64Url } from "./base64url.js";
export { describe } from "./describe.js";
export {
  type FoundSignature,
  isKeyId,
  isSha256,
  type PlaylistSignature,
  readDigests,
  readSignature,
  removeIntegrity,
  type SegmentDigest,
  SIGNATURE_ALGORITHMS,
  type SignatureAlgorithm,
  type SignatureHeader,
  signatureInput,
  writeDigests,
  writeSignature,
} from "./integrity.js";
export {
  encodeJoin,
  encodeReportReply,
  type IceServer,
  type IntegrityKey,
  type JoinDocument,
  type JoinPolicy,
  joinUrl,
  MAX_BLOCKED_PEERS,
  MAX_JOIN_BYTES,
  parseJoin,
  parseReportReply,
  type ReportReply,
} from "./join.js";
export { ParseError } from "./parse-error.js";
export { type Capability, capabilityOf, createPeerId, PEER_ID_LENGTH } from "./peer-id.js";
export { isMediaPlaylist, type ListedSegment, listSegments, playlistLines } from "./playlist-segments.js";
export {
  COHORTS,
  type Cohort,
  encodeReport,
  isReportablePeer,
  MAX_REPORT_BYTES,
  MAX_REPORTED_PEERS,
  type Polluter,
  parseReport,
  type Report,
  type ReportedBytes,
  type ReportedIntegrity,
  sessionOf,
} from "./report.js";
export { parseStreamName, type StreamName, swarmIdOf } from "./stream.js";
export { PROTOCOL_VERSION } from "./version.js";
