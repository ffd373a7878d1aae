import { expect, test, vi } from "vitest";
import { joinUrl, parseJoin, parseStreamName } from "../../../player/protocol/index.js";
import { createTracker } from "../../../tracker/index.js";
import { Coturn } from "../../support/coturn.js";

// Other programs are started, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

test("coturn relays for whoever has the credentials of /join, and for nobody else", async () => {
  await using coturn = await Coturn.start("north");
  const credentials = async (turnSecret: string) => {
    await using tracker = createTracker({ port: 0, turnUrls: [coturn.url], turnSecret });
    const { port } = await tracker.listen();
    const viewer = { stream: parseStreamName("news"), session: "session-1" };
    const response = await fetch(joinUrl(`http://127.0.0.1:${port}/`, viewer));
    const [server] = parseJoin(await response.json(), response.url).iceServers;
    expect(server?.urls).toEqual([coturn.url]);
    return [server?.username ?? "", server?.credential ?? ""] as const;
  };
  const [username, credential] = await credentials("north");
  expect(await coturn.relay(username, credential)).toMatchObject({ isRelayed: true });
  const of = { wrongSecret: await credentials("south"), longer: [`9${username}`, credential] as const };
  for (const [name, secret] of Object.values(of))
    expect(await coturn.relay(name, secret)).toMatchObject({ isRelayed: false });
});
