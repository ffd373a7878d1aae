import { beforeAll } from "vitest";
import { conformance } from "../loadtest/engines/conformance.js";
import { requireProgram } from "../support/program.js";

// The picture that browsers decode is made by it.
beforeAll(() => requireProgram("ffmpeg"));

conformance("browsers", 100_000);
