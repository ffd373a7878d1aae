import type { AudiencePlan } from "../scenario/audience.js";

/** In how many parts an audience is simulated; see `partViewers`. */
export function partCount({ viewers, partViewers }: AudiencePlan): number {
  return Math.ceil(viewers / partViewers);
}
