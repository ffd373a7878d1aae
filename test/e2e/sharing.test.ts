import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deliveredSegments, originSha256, recordDeliveredSegments } from "../support/delivered-segments.js";
import { hasPlayed, openTheatre, type Theatre, UNDISTURBED, until } from "../support/viewers.js";

describe.each(["sample", "live"])("two viewers of %s", (stream) => {
  let theatre: Theatre;
  beforeAll(async () => {
    theatre = await openTheatre();
  });
  afterAll(() => theatre[Symbol.asyncDispose]());

  test("the second gets the origin's very bytes from the first, the origin sends most segments once, and neither stalls", async () => {
    const first = await theatre.open(stream);
    await until(first, hasPlayed(3), "the first viewer plays");
    const second = await theatre.open(stream, { prepare: recordDeliveredSegments });
    const seen = await until(second, hasPlayed(12), "the second viewer plays");
    const copies = [...theatre.log.totals(stream).copies.values()];
    const delivered = await deliveredSegments(second.page);

    expect(seen).toMatchObject(UNDISTURBED);
    expect(await first.snapshot()).toMatchObject({ ...UNDISTURBED, peers: 1 });
    expect(seen.fromPeers).toBeGreaterThan(0);
    // hls.js takes segments over for its worker, which must not empty those that are shared.
    expect(first.page.workers()).not.toEqual([]);
    expect(copies.filter((count) => count === 1).length, `copies: ${copies}`).toBeGreaterThan(
      copies.length / 2,
    );
    expect(delivered.length).toBeGreaterThanOrEqual(6);
    for (const { url, sha256 } of delivered)
      expect({ url, sha256 }).toEqual({ url, sha256: await originSha256(url) });
  });
});
