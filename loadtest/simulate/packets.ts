/** Of a data channel's full packet on an Ethernet link, and the part of it that is a message's. */
const PACKET_BYTES = 1_279;
const PAYLOAD_BYTES = 1_172;

/** Of what an uplink carries, the share that is segments: the rest of each packet is headers, from SCTP to Ethernet. */
export const PAYLOAD_SHARE = PAYLOAD_BYTES / PACKET_BYTES;
