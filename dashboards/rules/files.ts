import { ALERTS } from "./alerts.js";
import { RECORDING_RULES } from "./recording.js";
import type { RuleFile } from "./rule.js";

/** Within a group, rules are evaluated in order: each may use those before it. */
export const RECORDING_FILE: RuleFile = {
  groups: [{ name: "nearcast-ratios", interval: "30s", rules: RECORDING_RULES }],
};

export const ALERTS_FILE: RuleFile = {
  groups: [{ name: "nearcast-alerts", interval: "30s", rules: ALERTS }],
};
