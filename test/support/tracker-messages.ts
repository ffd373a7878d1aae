/** Twenty bytes that stand for a swarm, a peer or an offer in a test. */
export const id = (letter: string) => letter.repeat(20);

export const offer = (offerId: string, sdp = "v=0 offer") => ({
  offer_id: offerId,
  offer: { type: "offer", sdp },
});

export const announce = (infoHash: string, peerId: string, more: object = {}) => ({
  action: "announce",
  info_hash: infoHash,
  peer_id: peerId,
  ...more,
});

export const answer = (infoHash: string, peerId: string, toPeerId: string, offerId: string) =>
  announce(infoHash, peerId, {
    to_peer_id: toPeerId,
    offer_id: offerId,
    answer: { type: "answer", sdp: "v=0 answer" },
  });
