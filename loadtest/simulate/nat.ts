import type { Nat } from "../audience/traits.js";

/**
 * How often a connection between two kinds of networks comes up, without a TURN server. Two ports that differ for each
 * destination cannot guess each other; without UDP there is nothing to try.
 */
const SUCCESS: Record<Nat, Record<Nat, number>> = {
  open: { open: 0.99, cone: 0.97, symmetric: 0.95, blocked: 0 },
  cone: { open: 0.97, cone: 0.92, symmetric: 0.4, blocked: 0 },
  symmetric: { open: 0.95, cone: 0.4, symmetric: 0.05, blocked: 0 },
  blocked: { open: 0, cone: 0, symmetric: 0, blocked: 0 },
};

export function canConnect(a: Nat, b: Nat, random: () => number): boolean {
  return random() < SUCCESS[a][b];
}
