import { plainCurve } from "../plain-curve.js";
import { type Plan, planFor } from "../provider.js";

/** What a browser simulates in some seconds. */
const MOST_VIEWERS = 300;

/** @throws {RangeError} naming the field. */
export function planOfForm(form: FormData): Plan {
  const number = (name: string) => {
    const value = Number(form.get(name));
    if (form.get(name) === "" || !Number.isFinite(value)) throw new RangeError(`${name}: expected a number`);
    return value;
  };
  const ladderKbps = String(form.get("ladder"))
    .split(",")
    .map((text) => Number(text.trim()));
  if (!ladderKbps.every((kbps) => kbps >= 16)) {
    throw new RangeError("Bitrates: expected numbers from 16 kbit/s on, separated by commas.");
  }
  return planFor(
    {
      kind: form.get("kind") === "vod" ? "vod" : "live",
      curve: plainCurve(number("viewers"), number("minutes") * 60),
      ladderKbps,
      segmentS: number("segmentS"),
      latencySegments: number("latencySegments"),
      pricePerGB: number("price"),
      currency: "USD",
      consent: number("consent") / 100,
      mobile: number("mobile") / 100,
      watchMedianS: number("watchMinutes") * 60,
    },
    MOST_VIEWERS,
  );
}
