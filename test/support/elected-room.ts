import { programmeSegments, SEGMENT_S } from "./programme-segments.js";
import { newPeerId, rival, TrackRoom } from "./track-room.js";

/** A peer that downloads only: it is waited for, and never elected. */
export const LEECH = newPeerId("leech", 7);

/** A viewer with one peer that is elected before it for the segments named, 0 to 3 unless said otherwise. */
export function withElectedPeer(
  options: ConstructorParameters<typeof TrackRoom>[0] = {},
  numbers = [0, 1, 2, 3],
) {
  const room = new TrackRoom({ windowS: 8, ...options });
  const peer = rival(room, numbers, "before");
  room.track.peerConnected(peer);
  return { room, peer };
}

/** A viewer that hardly moves, whose buffer ends where segment `number` begins, the only one that is still missing. */
export function electedFor(number: number): TrackRoom {
  const room = new TrackRoom({ playlist: programmeSegments(0, number) });
  room.track.peerConnected(LEECH);
  room.playhead = { positionS: 0, rate: 0.001, bufferedToS: number * SEGMENT_S };
  room.request(0);
  room.fetchOf(0).done();
  return room;
}
