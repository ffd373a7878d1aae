import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import { decimal, FlagError, parseFlags, wholeNumber } from "../../command-line/flags.js";
import { curveOfAccessLog } from "./access-log-curve.js";
import { plainCurve } from "./plain-curve.js";
import type { Provider } from "./provider.js";

export interface PlanFlags {
  readonly provider: Provider;
  readonly replicas: number;
  readonly mostViewers: number;
  readonly json: string | undefined;
  readonly report: string | undefined;
}

/** @throws {FlagError} */
export function readPlanFlags(argv: readonly string[]): { help: string } | { flags: PlanFlags } {
  const parsed = parseFlags(
    new Command("nearcast-loadtest plan")
      .usage("[flags]")
      .description(
        "What a provider may expect of peers: offload, peak and money, each with its range over replicas.",
      )
      .addOption(new Option("--kind <kind>", "of stream").choices(["live", "vod"]).default("live"))
      .option("--viewers <number>", "at the peak", wholeNumber(1, 100_000_000), 10_000)
      .option("--minutes <number>", "of the programme", wholeNumber(1, 1_440), 30)
      .option("--curve <file>", "in their place: a CSV file of seconds,viewers")
      .option(
        "--access-log <file>",
        "in their place: a web server's log in the Common or Combined Log Format",
      )
      .option("--ladder <kbps,…>", "bitrates", ladder, [800, 1_800, 3_500, 6_000])
      .option("--segment-s <seconds>", "length of a segment", decimal(0.5, 30), 4)
      .option("--latency-segments <number>", "distance to the live edge", wholeNumber(1, 60), 3)
      .option("--price <money>", "of a gigabyte from the origin or CDN", decimal(0, 1_000), 0.02)
      .addOption(
        new Option("--currency <code>", "of the price")
          .choices(["USD", "EUR", "GBP", "CHF", "JPY", "CNY", "INR", "BRL"])
          .default("USD"),
      )
      .option("--consent <share>", "of viewers that agree to peers, 0 to 1", decimal(0, 1), 0.9)
      .option("--mobile <share>", "of viewers in mobile networks, 0 to 1", decimal(0, 1), 0.3)
      .option(
        "--watch-minutes <number>",
        "median time that a viewer stays, 0 for to the end",
        decimal(0, 1_440),
        20,
      )
      .option(
        "--max-peers <number>",
        "connections of one viewer (default: what the player does by itself)",
        wholeNumber(1, 500),
      )
      .option(
        "--replicas <number>",
        "simulations with different chance, on all cores",
        wholeNumber(1, 100),
        5,
      )
      .option(
        "--simulate-at-most <viewers>",
        "more are scaled up from so many",
        wholeNumber(10, 1_000_000),
        1_000,
      )
      .option("--json <file>", "write all results as JSON")
      .option("--report <file>", "write a report as one HTML file"),
    argv,
  );
  if ("help" in parsed) return parsed;
  const flags = parsed.command.opts();
  return {
    flags: {
      provider: {
        kind: flags.kind,
        curve: curveOf(flags as AudienceFlags & typeof flags),
        ladderKbps: flags.ladder,
        segmentS: flags.segmentS,
        latencySegments: flags.latencySegments,
        pricePerGB: flags.price,
        currency: flags.currency,
        consent: flags.consent,
        mobile: flags.mobile,
        watchMedianS: flags.watchMinutes * 60,
        maxPeers: flags.maxPeers,
      },
      replicas: flags.replicas,
      mostViewers: flags.simulateAtMost,
      json: flags.json,
      report: flags.report,
    },
  };
}

interface AudienceFlags {
  readonly curve?: string;
  readonly accessLog?: string;
  readonly viewers: number;
  readonly minutes: number;
}

function curveOf(flags: AudienceFlags): [number, number][] {
  if (flags.curve !== undefined && flags.accessLog !== undefined) {
    throw new FlagError("--curve and --access-log: expected one of them");
  }
  if (flags.curve !== undefined) return parseCurve(read("--curve", flags.curve));
  if (flags.accessLog !== undefined)
    return curveOfAccessLog(read("--access-log", flags.accessLog).split("\n"));
  return plainCurve(flags.viewers, flags.minutes * 60);
}

/** @throws {FlagError} naming the line. */
export function parseCurve(text: string): [number, number][] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const points: [number, number][] = [];
  for (const [index, line] of lines.entries()) {
    if (line === "" || (index === 0 && /[a-z]/i.test(line))) continue;
    const match = /^(\d+(?:\.\d+)?)\s*,\s*(\d+)$/.exec(line);
    const point: [number, number] = [Number(match?.[1]), Number(match?.[2])];
    if (!match || point[0] <= (points.at(-1)?.[0] ?? -1)) {
      throw new FlagError(`--curve: line ${index + 1}: expected ascending seconds,viewers, got '${line}'`);
    }
    points.push(point);
  }
  if (points.length < 2) throw new FlagError(`--curve: expected 2 points at least, got ${points.length}`);
  return points;
}

function read(flag: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new FlagError(`${flag}: cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
}

function ladder(text: string): number[] {
  const rates = text.split(",").map(Number);
  if (rates.length <= 16 && rates.every((rate) => rate >= 16 && rate <= 200_000)) return rates;
  throw new InvalidArgumentError("Expected 1-16 bitrates of 16-200000 kbit/s, separated by commas.");
}
