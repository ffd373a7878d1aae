import { setSctpSettings } from "node-datachannel";

/** In messages and packets together; the player's messages are of 16 KiB. */
const MOST_BELOW_THE_CHANNEL = 4;

/**
 * Has data channels of this process say what they have not sent yet, as browsers' do; to be called before the first
 * connection. libdatachannel hands messages on to usrsctp until that has a megabyte of them, and counts them as sent:
 * to the player all of a narrow uplink's segments would be gone at once, so it would neither learn the uplink nor keep
 * uploads from sharing it. The price is that no more than some 20 KiB are under way on one connection at a time, which
 * holds up those with long round trips.
 */
export function countUnsentMessages(): void {
  setSctpSettings({ maxChunksOnQueue: MOST_BELOW_THE_CHANNEL });
}
