import { RTCPeerConnection as Untold } from "webrtc-polyfill";
import { udpPortOf, udpPortsAreToldTo } from "./udp-ports.js";

export * from "webrtc-polyfill";

/** Candidates still come within so long after the end of gathering was told. */
const LAST_CANDIDATES_MS = 30;

/**
 * The polyfill never sends the empty candidate that ends gathering (W3C WebRTC, 4.8.2). simple-peer, which puts all
 * candidates into its offer, would wait five seconds for it on each side.
 */
export class RTCPeerConnection extends Untold {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    const tellPort = udpPortsAreToldTo();
    if (tellPort) {
      this.addEventListener("icecandidate", ({ candidate }) => {
        const port = candidate && udpPortOf(candidate.candidate);
        if (port) tellPort(port);
      });
    }
    this.addEventListener("icegatheringstatechange", () => {
      if (this.iceGatheringState === "complete") setTimeout(() => this.#tellEnd(), LAST_CANDIDATES_MS);
    });
  }

  #tellEnd(): void {
    if (this.connectionState === "closed") return;
    this.dispatchEvent(Object.assign(new Event("icecandidate"), { candidate: null }));
  }
}
