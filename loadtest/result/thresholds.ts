import { FlagError } from "../../command-line/flags.js";
import { FIGURE_NAMES, type Figures } from "./figures.js";

/** A condition under which a run counts as failed, like `offload<0.8`. */
export interface Threshold {
  readonly text: string;
  readonly figure: keyof Figures;
  readonly operator: "<" | "<=" | ">" | ">=";
  readonly limit: number;
}

/** @throws {FlagError} for anything that is not `figure`, one of `<`, `<=`, `>`, `>=`, and a number. */
export function parseThreshold(text: string): Threshold {
  const match = /^\s*([A-Za-z0-9]+)\s*(<=|>=|<|>)\s*(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*$/i.exec(text);
  if (!match) throw new FlagError(`--fail-if: expected something like 'offload<0.8', got '${text}'`);
  const [, name = "", operator = "", limit = ""] = match;
  const figure = FIGURE_NAMES.find((known) => known === name);
  if (!figure) {
    throw new FlagError(`--fail-if: there is no figure '${name}'; known are ${FIGURE_NAMES.join(", ")}`);
  }
  return { text: text.trim(), figure, operator: operator as Threshold["operator"], limit: Number(limit) };
}

/** Those that hold, that is, fail the run. A figure that does not exist cannot be shown to be good: it fails, too. */
export function brokenThresholds(thresholds: readonly Threshold[], figures: Figures): Threshold[] {
  return thresholds.filter(({ figure, operator, limit }) => {
    const value = figures[figure];
    if (value === null || Number.isNaN(value)) return true;
    if (operator === "<") return value < limit;
    if (operator === "<=") return value <= limit;
    if (operator === ">") return value > limit;
    return value >= limit;
  });
}
