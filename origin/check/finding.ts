/** How bad it is: an `error` breaks playback or sharing, a `warning` costs something, `ok` was looked at. */
export type Level = "error" | "warning" | "ok";

/** What one rule says about one place. */
export interface Finding {
  readonly level: Level;
  readonly rule: "conformance" | "segments" | "caching" | "cors" | "ranges" | "integrity" | "clock";
  /** A playlist or segment as its URI is, relative to the presentation. */
  readonly where: string;
  readonly text: string;
}
