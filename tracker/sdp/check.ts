import type { SdpLiteral } from "../wire/session-description.js";

/** A media section's first line but for the first line of all, as JSON literals have it. */
const SECTION = "\\nm=";

/**
 * Session descriptions must not open anything but one data channel.
 *
 * @returns what was found instead, nothing where all is well.
 */
export function misuseOf(sdp: SdpLiteral): string | undefined {
  let sections = 0;
  if (sdp.startsWith('"m=')) return "a section before all else";
  for (let at = sdp.indexOf(SECTION); at >= 0; at = sdp.indexOf(SECTION, at + SECTION.length)) {
    sections += 1;
    const media = at + SECTION.length;
    if (!sdp.startsWith("application ", media)) {
      return `a section of ${JSON.stringify(/^[a-z]{0,20}/.exec(sdp.slice(media, media + 20))?.[0] ?? "")}`;
    }
  }
  return sections > 1 ? `${sections} sections` : undefined;
}
