import type { Clock } from "../clock.js";
import { Swarm, type SwarmOptions } from "../pml/swarm.js";
import type { DeliveryListener } from "./delivery-options.js";
import type { Playlist } from "./playlists.js";
import type { Segment } from "./segment.js";
import { TrackDelivery, type TrackDeliveryOptions } from "./track-delivery.js";
import type { UploadDesk } from "./upload-desk.js";

export type ActiveTrackOptions = Omit<TrackDeliveryOptions, "peerId" | "isLive" | "targetDurationS"> &
  Omit<SwarmOptions, "listener" | "isLive" | "mayUpload"> & {
    readonly playlist: Playlist;
    readonly uploads: UploadDesk;
    readonly listener: Pick<DeliveryListener, "uploaded" | "trackerFailed">;
    readonly onPeersChanged: () => void;
  };

/** A track that is played, or was a moment ago: its delivery and its swarm, told of each other. */
export class ActiveTrack {
  readonly delivery: TrackDelivery;
  readonly swarm: Swarm;
  readonly #clock: Clock;
  #followed: Segment | undefined;
  #stopClosing = () => {};

  constructor(options: ActiveTrackOptions) {
    const { track, store, uploads, listener, playlist } = options;
    const { isLive, targetDurationS } = playlist;
    this.#clock = options.clock;
    const delivery = new TrackDelivery({
      ...options,
      isLive,
      targetDurationS,
      peerId: () => this.swarm.peerId,
    });
    this.delivery = delivery;
    this.swarm = new Swarm({
      ...options,
      isLive,
      mayUpload: options.maySeed,
      listener: {
        peerConnected: (peerId) => {
          delivery.peerConnected(peerId);
          options.onPeersChanged();
        },
        peerClosed: (peerId) => {
          delivery.peerClosed(peerId);
          uploads.peerClosed(peerId);
          options.onPeersChanged();
        },
        transferStarted: (number, peerId) => delivery.transferStarted(number, peerId),
        transferMoved: (peerId, bytes) => delivery.transferMoved(peerId, bytes),
        transferEnded: (peerId, ended) => delivery.transferEnded(peerId, ended),
        received: async (number, data) => delivery.received(number, data),
        stored: () => [...store.segmentsOf(track.id)].map(({ number }) => number),
        isWanted: (number) => delivery.isWanted(number),
        uploadAsked: (number) => (delivery.isPressed ? undefined : uploadAsked(number, options)),
        uploadMoved: (peerId, bytes) => {
          uploads.moved(peerId, bytes);
          listener.uploaded(bytes, peerId);
        },
        trackerFailed: (error) => listener.trackerFailed(error),
      },
    });
    delivery.setSegments(playlist.segments);
    delivery.setSwarm(this.swarm);
  }

  /** hls.js wants this segment; peers are asked for it once `isJoined`. */
  follow(segment: Segment, isJoined: boolean): void {
    this.#followed = segment;
    if (isJoined) this.swarm.follow(segment);
  }

  /** The time to meet peers has come. */
  join(): void {
    if (this.#followed) this.swarm.follow(this.#followed);
  }

  closeAfter(delayMs: number, close: () => void): void {
    this.#stopClosing();
    this.#stopClosing = this.#clock.after(delayMs, close);
  }

  keepOpen(): void {
    this.#stopClosing();
    this.#stopClosing = () => {};
  }

  close(): void {
    this.#stopClosing();
    this.swarm.close();
    this.delivery.close();
  }
}

function uploadAsked(
  number: number,
  { track, store, uploads, playhead, playlist }: ActiveTrackOptions,
): ArrayBuffer | undefined {
  for (const segment of store.segmentsOf(track.id)) {
    if (segment.number !== number) continue;
    const data = store.peek(segment);
    const { startS, endS } = segment;
    const { positionS, bufferedToS } = playhead();
    const place = playlist.isLive ? { startS, positionS } : undefined;
    const bufferMs = (bufferedToS - positionS) * 1000;
    return data && uploads.ask(data.byteLength, (endS - startS) * 1000, bufferMs, place) ? data : undefined;
  }
  return undefined;
}
