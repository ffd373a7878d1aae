import { seededRandom } from "../bench/random.js";
import type { Scenario } from "../scenario/scenario.js";
import { exponential, logNormal } from "./distributions.js";
import { networksOf } from "./networks.js";
import { type Seat, seatsOf } from "./seats.js";
import { drawTraits, type Traits } from "./traits.js";

/** One viewer from when it comes until it goes. Seconds from the run's start. */
export interface Session {
  readonly joinS: number;
  /** `Infinity` for those who stay to the end. */
  readonly leaveS: number;
  /** It vanishes without a word. */
  readonly crashes: boolean;
  readonly traits: Traits;
  readonly pauses: readonly Pause[];
  /** On demand: when it jumps, and to which share of the programme. */
  readonly seeks: readonly Seek[];
}

export interface Pause {
  readonly atS: number;
  readonly untilS: number;
}

export interface Seek {
  readonly atS: number;
  readonly toShare: number;
}

/** Who comes and goes in a scenario, in the order of coming: the same for all engines, and for the same seed. */
export function planSessions(scenario: Scenario): Session[] {
  const { audience, durationS } = scenario;
  const random = seededRandom(scenario.seed);
  const stays = seatsOf(audience, random).flatMap((seat) => occupantsOf(seat, scenario, random));
  applyTurnover(stays, scenario, random);
  const nextNetwork = networksOf(scenario, random);
  return stays
    .filter(({ joinS }) => joinS < durationS)
    .sort((a, b) => a.joinS - b.joinS)
    .map((stay) => ({
      ...stay,
      crashes: random() < audience.crashShare,
      traits: drawTraits(scenario, nextNetwork(), random),
      ...habitsOf(stay, scenario, random),
    }));
}

interface Stay {
  readonly joinS: number;
  leaveS: number;
}

/** One viewer, or one after the other where those who leave are replaced. */
function occupantsOf(seat: Seat, { audience, durationS }: Scenario, random: () => number): Stay[] {
  const { watchMedianS, watchSpread, replaced, arrivals } = audience;
  const isReplaced = replaced || arrivals === "curve";
  const stays: Stay[] = [];
  let joinS = seat.fromS;
  while (joinS < Math.min(seat.untilS, durationS)) {
    // Nobody is seen to come and go within a second: that is not watching.
    const watchS =
      watchMedianS > 0 ? Math.max(1, logNormal(watchMedianS, watchSpread, random)) : Number.POSITIVE_INFINITY;
    const leaveS = Math.min(joinS + watchS, seat.untilS);
    stays.push({ joinS, leaveS });
    if (!isReplaced) break;
    joinS = leaveS;
  }
  return stays;
}

function applyTurnover(stays: Stay[], { audience, durationS }: Scenario, random: () => number): void {
  const { turnoverEveryS } = audience;
  if (turnoverEveryS === 0) return;
  const firstS = Math.max(...stays.map(({ joinS }) => (joinS < durationS ? joinS : 0))) + turnoverEveryS;
  for (let atS = firstS; atS < durationS; atS += turnoverEveryS) {
    const present = stays.filter(({ joinS, leaveS }) => joinS <= atS && leaveS > atS);
    const leaving = present[Math.floor(random() * present.length)];
    if (!leaving) continue;
    stays.push({ joinS: atS, leaveS: leaving.leaveS });
    leaving.leaveS = atS;
  }
}

function habitsOf(
  { joinS, leaveS }: Stay,
  { audience, durationS, stream }: Scenario,
  random: () => number,
): Pick<Session, "pauses" | "seeks"> {
  const untilS = Math.min(leaveS, durationS);
  const pauses: Pause[] = [];
  const seeks: Seek[] = [];
  if (audience.pausesPerHour > 0) {
    const everyS = 3_600 / audience.pausesPerHour;
    for (let atS = joinS + exponential(everyS, random); atS < untilS; ) {
      const pauseS = exponential(audience.pauseS, random);
      pauses.push({ atS, untilS: atS + pauseS });
      atS += pauseS + exponential(everyS, random);
    }
  }
  if (audience.seeksPerHour > 0 && stream.kind === "vod") {
    const everyS = 3_600 / audience.seeksPerHour;
    for (let atS = joinS + exponential(everyS, random); atS < untilS; atS += exponential(everyS, random)) {
      seeks.push({ atS, toShare: random() });
    }
  }
  return { pauses, seeks };
}
