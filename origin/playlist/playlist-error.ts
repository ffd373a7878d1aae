/** A playlist that cannot be understood; the sentence begins with the line's number where there is one. */
export class PlaylistError extends Error {
  override readonly name = "PlaylistError";
}
