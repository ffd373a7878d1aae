import type { NatPlan } from "../scenario/networks.js";
import type { Scenario } from "../scenario/scenario.js";
import { logBetween, pickWeighted } from "./distributions.js";

export type Nat = keyof NatPlan;
export const NATS = ["open", "cone", "symmetric", "blocked"] as const satisfies readonly Nat[];

/** What distinguishes one viewer from another. */
export interface Traits {
  /** Place in the scenario's `networks`. */
  readonly network: number;
  /** Which of the network's places. */
  readonly place: number;
  readonly upMbps: number;
  readonly downMbps: number;
  readonly accessRttMs: number;
  readonly nat: Nat;
  readonly usesPeers: boolean;
  readonly mayUpload: boolean;
  readonly conduct: "honest" | "polluter" | "free-rider";
}

/** Draws one viewer of a network. */
export function drawTraits(
  { networks, policies, faults }: Scenario,
  network: number,
  random: () => number,
): Traits {
  const plan = networks[network] as Scenario["networks"][number];
  const usesPeers =
    policies.engine === "nearcast" && random() < policies.consent && random() >= policies.holdout;
  const mayUpload = usesPeers && random() < policies.uploads && (!plan.mobile || policies.mobileUploads);
  const conduct = random();
  const polluters = shareOf(faults, "polluters");
  return {
    network,
    place: Math.floor(random() * plan.places),
    upMbps: logBetween(...plan.upMbps, random),
    downMbps: logBetween(...plan.downMbps, random),
    accessRttMs: plan.accessRttMs,
    nat: NATS[
      pickWeighted(
        NATS.map((nat) => plan.nat[nat]),
        random,
      )
    ] as Nat,
    usesPeers,
    mayUpload,
    conduct:
      conduct < polluters
        ? "polluter"
        : conduct < polluters + shareOf(faults, "free-riders")
          ? "free-rider"
          : "honest",
  };
}

function shareOf(faults: Scenario["faults"], kind: "polluters" | "free-riders"): number {
  return faults.reduce((total, fault) => (fault.kind === kind ? total + fault.share : total), 0);
}
