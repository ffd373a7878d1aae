import { expect, test } from "vitest";
import { secureNameOf } from "../../../loadtest/browsers/secure-name.js";

test("a server that is not on the loopback gets a name, under which all of its addresses are", () => {
  const name = secureNameOf("http://10.77.0.1:8080");
  expect(name.flags).toEqual(["--host-resolver-rules=MAP viewers.localhost 10.77.0.1"]);
  expect(name.of("http://10.77.0.1:8080")).toBe("http://viewers.localhost:8080");
  expect(name.of("ws://10.77.0.1:8000/announce?a=b")).toBe("ws://viewers.localhost:8000/announce?a=b");
  expect(name.of("https://cdn.example/a.m3u8")).toBe("https://cdn.example/a.m3u8");
});

test.each(["http://127.0.0.1:8080", "http://localhost:8080/hls/"])("%s is secure as it is", (url) => {
  const name = secureNameOf(url);
  expect([name.flags, name.of(url)]).toEqual([[], url]);
});
