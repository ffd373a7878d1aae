/**
 * Whether a warning of bittorrent-tracker's client is about a peer that could not be reached. It warns of these, too,
 * and no other tracker could help.
 */
export function isPeerWarning(warning: unknown): boolean {
  return warning instanceof Error && warning.message.startsWith("Connection error: ");
}
