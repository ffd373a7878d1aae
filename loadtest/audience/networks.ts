import type { Scenario } from "../scenario/scenario.js";
import { pickWeighted } from "./distributions.js";

/** Tells for one viewer after the other the place of its network in the scenario's `networks`. */
export function networksOf({ networks, audience }: Scenario, random: () => number): () => number {
  const shares = networks.map(({ share }) => share);
  return audience.networks === "in-turn" ? inTurn(shares) : () => pickWeighted(shares, random);
}

/** Next is always the network that lacks most of its share. */
function inTurn(shares: readonly number[]): () => number {
  const total = shares.reduce((sum, share) => sum + share, 0);
  const counts = shares.map(() => 0);
  let viewers = 0;
  return () => {
    viewers++;
    const lacks = shares.map((share, network) => (share / total) * viewers - (counts[network] as number));
    const next = lacks.indexOf(Math.max(...lacks));
    counts[next] = (counts[next] as number) + 1;
    return next;
  };
}
