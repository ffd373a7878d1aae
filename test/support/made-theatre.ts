import { afterAll, afterEach, beforeAll } from "vitest";
import type { Viewer } from "../../loadtest/browsers/viewer.js";
import { type MadeContent, makeContent, type Recipe } from "./made-content.js";
import { openTheatre, type Theatre } from "./viewers.js";

export interface MadeTheatre {
  /** Of this stack's origin; by default the address of the multivariant playlist. */
  addressOf(stream: string, playlist?: string): string;
  /** Opens a viewer that is closed after the test. */
  readonly open: Theatre["open"];
}

/**
 * For one test file: a theatre that plays what ffmpeg has made, on demand under the recipes' names and one of them
 * as the endless `channel`.
 */
export function useMadeTheatre(recipes: Readonly<Record<string, Recipe>>, channelOf?: string): MadeTheatre {
  let content: MadeContent | undefined;
  let theatre: Theatre | undefined;
  const viewers: Viewer[] = [];
  beforeAll(async () => {
    content = await makeContent(recipes);
    const channel = channelOf && ({ kind: "loop", folder: content.folder(channelOf) } as const);
    theatre = await openTheatre({ streams: { ...content.streams, ...(channel && { channel }) } });
  });
  afterEach(async () => {
    await Promise.all(viewers.splice(0).map((viewer) => viewer.close()));
  });
  afterAll(async () => {
    await theatre?.[Symbol.asyncDispose]();
    await content?.[Symbol.asyncDispose]();
  });

  const opened = (): Theatre => {
    if (!theatre) throw new Error("The theatre opens before the first test: use it in tests only.");
    return theatre;
  };
  return {
    addressOf: (stream, playlist = "master.m3u8") => `${opened().stack.url}/hls/${stream}/${playlist}`,
    async open(stream, order) {
      const viewer = await opened().open(stream, order);
      viewers.push(viewer);
      return viewer;
    },
  };
}
