import type { Page } from "playwright-core";

/**
 * Tells of each UDP port that a connection of this page gathers, before its peers are told that it is there.
 *
 * @param page that has not loaded anything yet.
 */
export async function watchUdpPorts(page: Page, tell: (port: number) => void): Promise<void> {
  await page.exposeFunction("ownUdpPort", tell);
  // Before the page's own scripts, which keep the constructor that they find.
  await page.addInitScript(() => {
    const Plain = RTCPeerConnection;
    window.RTCPeerConnection = class extends Plain {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        this.addEventListener("icecandidate", ({ candidate }) => {
          if (candidate?.protocol === "udp" && candidate.port !== null) window.ownUdpPort?.(candidate.port);
        });
      }
    };
  });
}
