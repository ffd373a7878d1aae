import type { ScenarioInput } from "../scenario/scenario.js";

/**
 * Access networks of one country in rough shares: rates as regulators and speed tests publish them, round-trip times
 * and kinds of NAT as they are usual. A provider that knows its own writes a scenario.
 *
 * @param mobile share of viewers in mobile networks.
 */
export function usualNetworks(mobile: number): NonNullable<ScenarioInput["networks"]> {
  const atHome = { open: 0.1, cone: 0.8, symmetric: 0.07, blocked: 0.03 };
  const home = (1 - mobile) * 100;
  return [
    {
      name: "fibre",
      isp: "Fibre",
      share: home * 0.35,
      places: 40,
      upMbps: [20, 100],
      downMbps: [100, 1000],
      accessRttMs: 6,
      nat: atHome,
    },
    {
      name: "cable",
      isp: "Cable",
      share: home * 0.45,
      places: 40,
      upMbps: [5, 50],
      downMbps: [50, 500],
      accessRttMs: 15,
      nat: atHome,
    },
    {
      name: "dsl",
      isp: "Telco",
      share: home * 0.2,
      places: 40,
      upMbps: [1, 10],
      downMbps: [10, 50],
      accessRttMs: 25,
      nat: atHome,
    },
    {
      name: "mobile",
      isp: "Mobile",
      share: mobile * 100,
      places: 10,
      upMbps: [2, 20],
      downMbps: [10, 100],
      accessRttMs: 45,
      mobile: true,
      nat: { open: 0, cone: 0.3, symmetric: 0.65, blocked: 0.05 },
    },
  ];
}
