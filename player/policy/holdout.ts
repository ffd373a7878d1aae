import { seedingWeight } from "./election.js";

/**
 * Whether a session belongs to the control group, which plays without peers. The same session always comes to the
 * same answer, and a larger share contains the smaller one.
 *
 * @param share of all sessions, 0 to 1.
 */
export function isHoldout(session: string, share: number): boolean {
  return seedingWeight("holdout", session) < share * 2 ** 32;
}
