import type { NearcastPlayerElement } from "../../player/element.js";
import type { NearcastEventMap } from "../../player/index.js";

/** What `<nearcast-player>` tells besides its statistics. */
interface PlayerEvents
  extends Pick<NearcastEventMap, "peerconnected" | "peerdisconnected" | "trackerfailed"> {
  /** The stream cannot be played at the moment. */
  error: CustomEvent<{ readonly message: string }>;
}

export function onPlayer<Name extends keyof PlayerEvents>(
  player: NearcastPlayerElement,
  name: Name,
  listener: (detail: PlayerEvents[Name]["detail"]) => void,
): void {
  player.addEventListener(name, (event) => listener((event as PlayerEvents[Name]).detail));
}
