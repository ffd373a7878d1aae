export { REFUSAL_REASONS, type RefusalReason, TRACKER_METRICS } from "./metrics/catalogue.js";
export { OptionError, type TrackerOptions, type TrackerSettings } from "./options.js";
export { createTracker, type Tracker, type TrackerAddress } from "./tracker.js";
