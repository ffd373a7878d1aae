import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { runCommand } from "../support/command.js";

const SENTENCE = /^nearcast-[a-z]+: [^\n]+\n$/;

test.each([
  ["demo/cli.js", ["--nonsense"], "--nonsense"],
  ["demo/cli.js", ["--port", "99999"], "0-65535"],
  ["demo/cli.js", ["--tracker-port", "abc"], "0-65535"],
  ["loadtest/cli.js", ["demo", "--viewers", "0"], "1-32"],
  ["loadtest/cli.js", ["demo", "--stream", "none"], "sample, live, both"],
  ["loadtest/cli.js", ["demo", "--json", "/nowhere/at/all.json"], "/nowhere/at/all.json"],
  ["loadtest/cli.js", ["wrong"], '"wrong"'],
])("%s %j says in one sentence what is wrong, and exits with 1", async (program, args, named) => {
  const { code, stdout, stderr } = await runCommand(program, args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(SENTENCE);
  expect(stderr).toContain(named);
});

test.each([
  ["--port", "--tracker-port"],
  ["--tracker-port", "--port"],
])("a busy %s is named, and nothing is left running", async (busyFlag, freeFlag) => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const { code, stderr } = await runCommand("demo/cli.js", [busyFlag, String(port), freeFlag, "0"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(SENTENCE);
  expect(stderr).toContain(String(port));
  server.close();
});

test.each(["demo/cli.js", "loadtest/cli.js", "origin/cli.js", "tracker/cli.js"])(
  "%s --help explains itself",
  async (program) => {
    const { code, stdout, stderr } = await runCommand(program, ["--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("Usage:");
  },
);

test("a missing browser is named with the command that installs it", async () => {
  const { code, stderr } = await runCommand("loadtest/cli.js", ["demo", "--seconds", "5"], {
    PATH: "/nowhere",
    CHROMIUM: "",
  });
  expect(code).toBe(1);
  expect(stderr).toContain("apt-get install chromium");
});
