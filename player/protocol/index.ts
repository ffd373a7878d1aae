export { describe } from "./describe.js";
export { type Capability, capabilityOf, createPeerId, PEER_ID_LENGTH } from "./peer-id.js";
export { parseStreamName, type StreamName, swarmIdOf } from "./stream.js";
export { PROTOCOL_VERSION } from "./version.js";
