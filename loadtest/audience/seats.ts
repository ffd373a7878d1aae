import type { AudiencePlan } from "../scenario/audience.js";
import { between } from "./distributions.js";

/** A place in the audience: taken from one time to another, by one viewer or by several after each other. */
export interface Seat {
  readonly fromS: number;
  readonly untilS: number;
}

/** The seats of an audience in the order in which they are taken first. */
export function seatsOf(plan: AudiencePlan, random: () => number): Seat[] {
  return arrivalsOf(plan, random).sort((a, b) => a.fromS - b.fromS);
}

function arrivalsOf(plan: AudiencePlan, random: () => number): Seat[] {
  const { viewers, arrivals, overS, atS, jitterS } = plan;
  const stay = (fromS: number): Seat => ({ fromS, untilS: Number.POSITIVE_INFINITY });
  const each = (arriveS: (index: number) => number) =>
    Array.from({ length: viewers }, (_, index) => stay(arriveS(index)));
  switch (arrivals) {
    case "spread":
      return each(() => between(0, overS, random));
    case "interval":
      return each((index) => (index * overS) / Math.max(1, viewers - 1) + between(0, jitterS, random));
    case "flash": {
      const early = Math.ceil(viewers / 10);
      // Most come at once: the square brings half of them within a quarter of the time.
      return each((index) => (index < early ? between(0, atS, random) : atS + overS * random() ** 2));
    }
    case "curve":
      return curveSeats(plan.points);
  }
}

/** Seat k is taken while the curve is above k. */
function curveSeats(points: AudiencePlan["points"]): Seat[] {
  const seats: Seat[] = [];
  /** When the seats that are taken now were taken. */
  const takenAtS: number[] = [];
  let [beforeS, before] = [0, 0];
  for (const [atS, viewers] of points) {
    const crossing = (level: number) =>
      atS === beforeS ? atS : beforeS + ((atS - beforeS) * (level - before)) / (viewers - before);
    for (let level = before; level < viewers; level++) takenAtS.push(crossing(level + 0.5));
    for (let level = before; level > viewers; level--) {
      seats.push({ fromS: takenAtS.pop() ?? 0, untilS: crossing(level - 0.5) });
    }
    [beforeS, before] = [atS, viewers];
  }
  return [...seats, ...takenAtS.map((fromS) => ({ fromS, untilS: Number.POSITIVE_INFINITY }))];
}
