import { median } from "../statistics.js";
import type { Turn } from "./side-by-side.js";

/** Two contenders' turns, one beside the other. */
export interface TurnsRow {
  readonly name: string;
  readonly turns: readonly [readonly Turn[], readonly Turn[]];
  /** What must hold, in words. */
  readonly must: string;
  /** What is made of both in the last column but one. @default the second's CPU by the first's */
  readonly figure?: (first: number, second: number) => number;
  readonly digits?: number;
}

export interface TurnsReport {
  readonly title: string;
  readonly command: string;
  readonly about: string;
  readonly columns: readonly [string, string];
  /** @default "ratio" */
  readonly figure?: string;
  readonly rows: readonly TurnsRow[];
}

/** A section of Markdown. Each round's turns are compared with each other; the figure is the median of the rounds'. */
export function renderTurns({ title, command, about, columns, figure = "ratio", rows }: TurnsReport): string {
  const lines = rows.map(({ name, turns: [first, second], must, ...how }) => {
    const { figure: compare = (a: number, b: number) => b / a, digits = 2 } = how;
    const [a, b] = [first, second].map((turns) => turns.map(({ cpuUsPerAnnounce }) => cpuUsPerAnnounce)) as [
      number[],
      number[],
    ];
    const figures = a.map((value, round) => compare(value, b[round] ?? Number.NaN));
    const answered = Math.min(...[...first, ...second].map((turn) => turn.answered));
    const cells = [
      (median(a) ?? Number.NaN).toFixed(0),
      (median(b) ?? Number.NaN).toFixed(0),
      (median(figures) ?? Number.NaN).toFixed(digits),
      `${Math.min(...figures).toFixed(digits)} – ${Math.max(...figures).toFixed(digits)}`,
      must,
      answered.toFixed(3),
    ];
    return `| ${name} | ${cells.join(" | ")} |`;
  });
  return [
    `## ${title}`,
    `\`\`\`sh\n${command}\n\`\`\``,
    about,
    [
      `|  | ${columns.join(" | ")} | ${figure} | its range | must | offers answered, least |`,
      "| --- | --: | --: | --: | --: | --: | --: |",
      ...lines,
    ].join("\n"),
  ].join("\n\n");
}
