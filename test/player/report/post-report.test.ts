import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test, vi } from "vitest";
import { AccessToken } from "../../../player/control/access-token.js";
import { encodeReportReply, type ReportReply } from "../../../player/protocol/index.js";
import { postTo } from "../../../player/report/post-report.js";
import { ManualClock } from "../../support/manual-clock.js";

const reply: ReportReply = {
  policy: { cohort: "off", mayUpload: true, viewers: 3, minViewers: 0, holdoutShare: 0 },
  blockedPeers: ["-NC1S-0123456789abcd"],
};

async function endpoint(answer: RequestListener) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  const heard: ReportReply[] = [];
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/reports`;
  return {
    url,
    heard,
    post: (token?: AccessToken) =>
      postTo(
        () => url,
        token,
        (told) => heard.push(told),
      ),
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

test("a tracker's reply is heard", async () => {
  using to = await endpoint((_request, response) => response.end(encodeReportReply(reply)));
  expect(await to.post()("{}")).toMatchObject({ at: "answered", status: 200 });
  await expect.poll(() => to.heard).toEqual([reply]);
});

test.each([
  ["nothing", ""],
  ["a page", "<!doctype html>"],
  ["other JSON", '{"ok":true}'],
  ["a reply with a wrong field", encodeReportReply(reply).replace('"off"', '"maybe"')],
  ["one without end", "[".repeat(100_000)],
])("with %s for a reply the report counts as taken, and nothing is heard", async (_what, body) => {
  using to = await endpoint((_request, response) => response.end(body));
  expect(await to.post()("{}")).toMatchObject({ at: "answered", status: 200 });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(to.heard).toEqual([]);
});

test.each([[400], [413], [429], [500]])("%i is an answer, and no reply", async (status) => {
  using to = await endpoint((_request, response) => {
    response.writeHead(status, { "Retry-After": "7" }).end(encodeReportReply(reply));
  });
  expect(await to.post()("{}")).toEqual({ at: "answered", status, retryAfterMs: 7_000 });
  expect(to.heard).toEqual([]);
});

test("an endpoint that hangs is given up", async () => {
  const patience = new AbortController();
  const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(patience.signal);
  try {
    using to = await endpoint(() => patience.abort());
    expect(await to.post()("{}")).toEqual({ at: "failed" });
    expect(timeout).toHaveBeenCalledWith(10_000);
  } finally {
    timeout.mockRestore();
  }
});

test("the token goes along in the query, and another one after it was refused", async () => {
  const asked: (string | undefined)[] = [];
  using to = await endpoint(({ url }, response) => {
    asked.push(url);
    response.writeHead(asked.length === 1 ? 401 : 204).end();
  });
  let given = 0;
  const post = to.post(new AccessToken(() => `token-${++given}`, new ManualClock()));
  expect(await post("{}")).toMatchObject({ status: 401 });
  expect(await post("{}")).toMatchObject({ status: 204 });
  expect(asked).toEqual(["/reports?token=token-1", "/reports?token=token-2"]);
});
