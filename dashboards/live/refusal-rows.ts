import type { LiveMessage, RecentCount } from "../../tracker/live/feed.js";
import { REFUSAL_WORDS, REPORT_WORDS } from "./refusal-words.js";
import { timeOfDay } from "./times.js";

/** What was refused, the latest first: in words, lately, in all, and when. */
export function refusalRows({ refusals, reports }: LiveMessage, now: Date): string[][] {
  const notCounted = reports.filter(({ name }) => name !== "new");
  return [...refusals.map(named(REFUSAL_WORDS)), ...notCounted.map(named(REPORT_WORDS))]
    .filter(({ count }) => count.lastAgoS !== null)
    .sort((a, b) => (a.count.lastAgoS ?? 0) - (b.count.lastAgoS ?? 0))
    .map(({ text, count: { recent, total, lastAgoS } }) => [
      text,
      `${recent}`,
      `${total}`,
      timeOfDay(new Date(now.getTime() - (lastAgoS ?? 0) * 1000)),
    ]);
}

function named(
  words: Readonly<Record<string, string>>,
): (count: RecentCount) => { text: string; count: RecentCount } {
  return (count) => ({ text: words[count.name] ?? count.name, count });
}
