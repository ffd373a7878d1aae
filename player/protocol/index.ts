export { describe } from "./describe.js";
export { ParseError } from "./parse-error.js";
export { type Capability, capabilityOf, createPeerId, PEER_ID_LENGTH } from "./peer-id.js";
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
} from "./report.js";
export { parseStreamName, type StreamName, swarmIdOf } from "./stream.js";
export { PROTOCOL_VERSION } from "./version.js";
