import { expect, test } from "vitest";
import { withSection } from "../../loadtest/bench/tracker/markdown-section.js";
import { renderTurns } from "../../loadtest/bench/tracker/turns-report.js";

const turns = (...cpu: number[]) => cpu.map((cpuUsPerAnnounce) => ({ cpuUsPerAnnounce, answered: 1 }));
const report = { title: "Swarms", command: "npm run bench", about: "About.", columns: ["a", "b"] as const };

test("turns of one round are compared with each other, not those of different rounds", () => {
  const row = { name: "ours", turns: [turns(100, 1000, 100), turns(110, 1200, 150)] as const, must: "≤ 1.2" };
  expect(renderTurns({ ...report, rows: [row] })).toContain(
    "| ours | 100 | 150 | 1.20 | 1.10 – 1.50 | ≤ 1.2 | 1.000 |",
  );
});

test("a row may have a figure of its own", () => {
  const row = {
    name: "two",
    turns: [turns(100), turns(600)] as const,
    must: "≤ 100",
    digits: 0,
    figure: (one: number, two: number) => (two - one) / 5,
  };
  expect(renderTurns({ ...report, figure: "added", rows: [row] })).toContain(
    "| two | 100 | 600 | 100 | 100 – 100 | ≤ 100 | 1.000 |",
  );
});

test("a section of a report takes the place of the one with its title, and leaves the others", () => {
  const first = "# Head\n\nText.";
  const text = withSection(withSection(withSection("", first), "## A\n\nold"), "## AB\n\nkept");
  expect(withSection(text, "## A\n\nnew")).toBe("# Head\n\nText.\n\n## A\n\nnew\n\n## AB\n\nkept\n");
  expect(withSection(text, "# Head\n\nOther.")).toBe("# Head\n\nOther.\n\n## A\n\nold\n\n## AB\n\nkept\n");
});
