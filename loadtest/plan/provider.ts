import type { Scenario, ScenarioInput } from "../scenario/scenario.js";
import { usualNetworks } from "./usual-networks.js";

/** What a provider knows of its service. */
export interface Provider {
  readonly kind: "live" | "vod";
  /** Viewers at one time, by second; the largest number is what counts for the peak. */
  readonly curve: readonly (readonly [atS: number, viewers: number])[];
  readonly ladderKbps: readonly number[];
  readonly segmentS: number;
  /** Distance to the live edge in segments. */
  readonly latencySegments: number;
  readonly pricePerGB: number;
  readonly currency: Scenario["price"]["currency"];
  /** Share of viewers that agree to peers. */
  readonly consent: number;
  /** Share of viewers in mobile networks, which do not upload. */
  readonly mobile: number;
  /** Median time that a viewer stays; 0 for to the end. */
  readonly watchMedianS: number;
  /** Connections of one viewer; absent: what the player does by itself. */
  readonly maxPeers?: number | undefined;
}

/** A provider's audience as the simulator can carry it. */
export interface Plan {
  readonly scenario: ScenarioInput;
  /** Real viewers for each simulated one. Beyond some thousands, figures grow in proportion: neighbourhoods stay the same. */
  readonly scale: number;
}

const LONGEST_LENGTH_S = 5_400;

/** @param mostViewers that are simulated at one time. */
export function planFor(provider: Provider, mostViewers: number): Plan {
  const peak = Math.max(1, ...provider.curve.map(([, viewers]) => viewers));
  const scale = Math.max(1, peak / mostViewers);
  const points = provider.curve.map(([atS, viewers]): [number, number] => [atS, Math.round(viewers / scale)]);
  const durationS = Math.max(60, points.at(-1)?.[0] ?? 60);
  return {
    scale,
    scenario: {
      about: `${Math.round(peak)} viewers at most of a ${provider.kind === "live" ? "live channel" : "title on demand"}`,
      durationS,
      stream: {
        kind: provider.kind,
        segmentS: provider.segmentS,
        renditions: provider.ladderKbps.map((kbps) => ({ kbps })),
        latencySegments: provider.latencySegments,
        windowSegments: Math.max(10, provider.latencySegments + 3),
        lengthS: LONGEST_LENGTH_S,
      },
      audience: {
        viewers: Math.max(1, ...points.map(([, viewers]) => viewers)),
        arrivals: "curve",
        points,
        watchMedianS: provider.watchMedianS,
      },
      networks: usualNetworks(provider.mobile),
      policies: {
        consent: provider.consent,
        ...(provider.maxPeers !== undefined && { maxPeers: provider.maxPeers }),
      },
      price: { perGB: provider.pricePerGB, currency: provider.currency },
    },
  };
}
