import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { packageRoot } from "../../../loadtest/bench/package-root.js";

test.skipIf(!process.versions.node.startsWith("20."))(
  "threads that start afterwards optimize their code themselves",
  () => {
    // A process of its own: flags of V8 are all threads' and stay.
    const script = `
      import { once } from "node:events";
      import { Worker } from "node:worker_threads";
      import { compileInTurn } from "./dist/loadtest/simulate/compile-in-turn.js";
      const ask = async () => {
        const text = "require('worker_threads').parentPort.postMessage(%IsConcurrentRecompilationSupported())";
        return (await once(new Worker(text, { eval: true, execArgv: [] }), "message"))[0];
      };
      const before = await ask();
      compileInTurn();
      console.log(JSON.stringify([before, await ask()]));
    `;
    const said = execFileSync(
      process.execPath,
      ["--allow-natives-syntax", "--input-type=module", "--eval", script],
      { cwd: packageRoot(), encoding: "utf8" },
    );
    expect(JSON.parse(said)).toEqual([true, false]);
  },
  30_000,
);
