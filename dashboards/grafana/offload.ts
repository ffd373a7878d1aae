import { MEDIA_DELIVERED, RECORDED } from "../rules/recording.js";
import { curves, dashboard, figure, priceVariable, streamVariable } from "./panels.js";

const STREAM = 'stream=~"$stream"';
const total = (record: string) => `sum(${record}{${STREAM}})`;
const played = `(${total(RECORDED.playedBytes)} > 0)`;
const BYTES_PER_GB = 1e9;
const HOUR_S = 3600;

const reported = `${total(RECORDED.peerBytes)} / ${played}`;
const implied = `1 - ${total(RECORDED.originBytes)} / ${played}`;

/** Offload and savings. Offload is never one number: a percentage stands beside its counterpart and what it leaves. */
export const offload = dashboard(
  "offload",
  "Nearcast: offload and savings",
  "What peers deliver, by two counts, and what that saves.",
)
  .withVariable(streamVariable(RECORDED.playedBytes))
  .withVariable(priceVariable())
  .withPanel(
    figure(
      "Offload",
      {
        unit: "percentunit",
        description: "As players report it, as the origin's egress implies it, and what lies between.",
      },
      { reported, "origin-implied": implied, difference: `${reported} - (${implied})` },
    ),
  )
  .withPanel(figure("Residual origin traffic", { unit: "bps" }, { residual: total(RECORDED.residualBits) }))
  .withPanel(
    figure(
      "Saved per hour at this rate",
      {
        unit: "none",
        description: "Played less sent by the origin, times the price per GB. Below 0, P2P costs.",
      },
      { saved: `${total(RECORDED.savedBytes)} * ${HOUR_S} / ${BYTES_PER_GB} * $price` },
    ),
  )
  .withPanel(
    curves(
      "Offload by both counts",
      { unit: "percentunit" },
      { reported, "origin-implied": implied, difference: `${reported} - (${implied})` },
    ),
  )
  .withPanel(
    curves(
      "Traffic",
      { unit: "bps", description: `Origin: media delivered (${MEDIA_DELIVERED}).` },
      {
        "without P2P": `8 * ${total(RECORDED.playedBytes)}`,
        "residual origin": total(RECORDED.residualBits),
      },
    ),
  )
  .withPanel(
    curves(
      "Offload by stream",
      { unit: "percentunit" },
      {
        "{{stream}} reported": `${RECORDED.offloadReported}{${STREAM}}`,
        "{{stream}} origin-implied": `${RECORDED.offloadImplied}{${STREAM}}`,
      },
    ),
  )
  .withPanel(
    curves(
      "Disagreement by stream",
      { unit: "percentunit", description: "Reported less origin-implied." },
      { "{{stream}}": `${RECORDED.offloadDisagreement}{${STREAM}}` },
    ),
  )
  .withPanel(
    curves(
      "Residual origin traffic by stream",
      { unit: "bps" },
      { "{{stream}}": `${RECORDED.residualBits}{${STREAM}}` },
    ),
  )
  .withPanel(
    curves(
      "Saved per hour by stream",
      { unit: "none" },
      { "{{stream}}": `${RECORDED.savedBytes}{${STREAM}} * ${HOUR_S} / ${BYTES_PER_GB} * $price` },
    ),
  );
