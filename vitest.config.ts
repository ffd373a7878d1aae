import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**"],
          testTimeout: 15_000,
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
          sequence: { groupOrder: 1 },
          // Stalls are real time: another program on the machine can cause one that no player could avoid.
          retry: 1,
        },
      },
    ],
  },
});
