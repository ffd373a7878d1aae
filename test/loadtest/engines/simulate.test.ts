import { conformance } from "./conformance.js";

conformance("simulate", 999_999_999);
