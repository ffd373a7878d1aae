import { conformance } from "./conformance.js";

conformance("peers", 100_000);
