import { expect, test } from "vitest";
import { createOrigin, defaultStreams } from "../../origin/index.js";
import { withSteering } from "../../origin/steering/steering.js";

test("players learn of the other hosts, in the operator's order, with this one last", async () => {
  const steering = {
    pathways: [
      { id: "a", host: "a.example" },
      { id: "b", host: "b.example" },
    ],
    ttlSeconds: 20,
  };
  await using origin = createOrigin({ port: 0, streams: defaultStreams(), steering });
  const { url } = await origin.listen();
  const master = await (await fetch(`${url}/hls/sample/master.m3u8`)).text();
  const [, server] = /^#EXT-X-CONTENT-STEERING:SERVER-URI="([^"]+)",PATHWAY-ID="\."$/m.exec(master) ?? [];
  const response = await fetch(new URL(server ?? "", `${url}/hls/sample/master.m3u8`));
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  expect(await response.json()).toEqual({
    VERSION: 1,
    TTL: 20,
    "RELOAD-URI": "steering.json",
    "PATHWAY-PRIORITY": ["a", "b", "."],
    "PATHWAY-CLONES": [
      { "BASE-ID": ".", ID: "a", "URI-REPLACEMENT": { HOST: "a.example" } },
      { "BASE-ID": ".", ID: "b", "URI-REPLACEMENT": { HOST: "b.example" } },
    ],
  });
  expect(await (await fetch(`${url}/hls/sample/360p/playlist.m3u8`)).text()).not.toContain("STEERING");
});

test("without steering there is none, and a playlist's own is left alone", async () => {
  await using origin = createOrigin({ port: 0, streams: defaultStreams() });
  const { url } = await origin.listen();
  expect(await (await fetch(`${url}/hls/sample/master.m3u8`)).text()).not.toContain("STEERING");
  expect((await fetch(`${url}/hls/sample/steering.json`)).status).toBe(404);
  const own = '#EXTM3U\n#EXT-X-CONTENT-STEERING:SERVER-URI="x"\n';
  expect(withSteering(own)).toBe(own);
  const once = withSteering("#EXTM3U\r\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8\n");
  expect(withSteering(once)).toBe(once);
});
