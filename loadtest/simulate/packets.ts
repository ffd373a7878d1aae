/** Of a data channel's full packet on an Ethernet link, and the part of it that is a message's. */
const PACKET_BYTES = 1_279;
const PAYLOAD_BYTES = 1_172;
/** Receipts go back for every second packet that comes, in packets of 110 bytes. */
const RECEIPTS_SHARE = 110 / (2 * PAYLOAD_BYTES);
/** What else each peer is sent: announcements, requests, refusals, and checks that it is still there. */
const BYTES_PER_MS_AND_PEER = 0.5;
/** The least that is left of an uplink. */
const LEAST_SHARE = 0.05;

/** Of what an uplink carries for uploads, the share that is segments; the rest is headers, from SCTP to Ethernet. */
export const PAYLOAD_SHARE = PAYLOAD_BYTES / PACKET_BYTES;

/**
 * What is left of an uplink for segments, in bytes per millisecond.
 *
 * @param bytesPerMs what it carries of packets.
 * @param mediaBytesPerMs what its viewer plays, all of which has to be receipted.
 */
export function uplinkForSegments(bytesPerMs: number, mediaBytesPerMs: number, peers: number): number {
  const left = bytesPerMs - RECEIPTS_SHARE * mediaBytesPerMs - BYTES_PER_MS_AND_PEER * peers;
  return Math.max(left, LEAST_SHARE * bytesPerMs) * PAYLOAD_SHARE;
}
