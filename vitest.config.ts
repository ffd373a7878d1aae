import { defineConfig } from "vitest/config";

/** What plays in real time, or waits for programs that time out: another file beside it would cost it what it waits for. */
const ALONE = [
  "test/loadtest/engines/peers.test.ts",
  "test/loadtest/peers/processes.test.ts",
  "test/loadtest/peers-seeder.test.ts",
  "test/loadtest/run/given-stage.test.ts",
  "test/tracker/proxies.test.ts",
];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**", ...ALONE],
          testTimeout: 15_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "unit, alone",
          include: ALONE,
          testTimeout: 15_000,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 90_000,
          hookTimeout: 60_000,
          // Each file drives browsers of its own; two cores carry two such files at a time, after all else.
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
          // Stalls are real time: another program on the machine can cause one that no player could avoid.
          retry: 1,
        },
      },
    ],
  },
});
