import { conformance } from "./conformance.js";

conformance("peers", 5_000);
