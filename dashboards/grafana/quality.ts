import { p2pLessHoldout, RECORDED } from "../rules/recording.js";
import { curves, dashboard, streamVariable } from "./panels.js";

const STREAM = 'stream=~"$stream"';

/** Title, Grafana's unit, recording rule. */
const MEASURES = [
  ["Stall ratio", "percentunit", RECORDED.stallRatio],
  ["Startup, median", "s", RECORDED.startup],
  ["Startup, 95th percentile", "s", RECORDED.startupTail],
  ["Behind the live edge, median", "s", RECORDED.latency],
  ["Bitrate played", "bps", RECORDED.bitrate],
] as const;

/** Quality of experience: each measure by cohort, and beside it what P2P adds to the holdout group's. */
export const quality = MEASURES.reduce(
  (board, [title, unit, record]) =>
    board
      .withPanel(curves(title, { unit }, { "{{stream}} {{cohort}}": `${record}{${STREAM}}` }))
      .withPanel(
        curves(
          `${title}: P2P less holdout`,
          { unit, description: "Empty without a holdout group: give holdoutShare in the policy." },
          { "{{stream}}": p2pLessHoldout(record, STREAM) },
        ),
      ),
  dashboard("quality", "Nearcast: quality of experience", "P2P viewers beside the holdout group.")
    .withVariable(streamVariable(RECORDED.playing))
    .withPanel(
      curves(
        "Viewers playing",
        { unit: "none" },
        { "{{stream}} {{cohort}}": `${RECORDED.playing}{${STREAM}}` },
      ),
    ),
);
