import { expect, test } from "vitest";
import { fmp4 } from "../support/made-content.js";
import { useMadeTheatre } from "../support/made-theatre.js";
import { UNDISTURBED, until } from "../support/viewers.js";

const theatre = useMadeTheatre({ film: fmp4({ seconds: 80, kbps: 400 }) });

// hls.js buffers minutes where a bitrate is low, which is more than anybody fetches ahead of its requests.
test("who comes later has from the first viewer all that it buffers, however far ahead of its playhead", async () => {
  const first = await theatre.open("film");
  await until(first, ({ bufferS }) => bufferS > 70, "the first viewer has buffered the film");
  const second = await theatre.open("film");
  const seen = await until(second, ({ bufferS }) => bufferS > 70, "the second viewer has, too");
  expect(seen).toMatchObject(UNDISTURBED);
  expect(seen.fromPeers).toBeGreaterThan(10 * seen.fromOrigin);
});
