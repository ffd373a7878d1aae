import { expect, test } from "vitest";
import { parseWrk } from "../../loadtest/bench/origin/wrk.js";

const REPORT = `Running 4s test @ http://127.0.0.1:18080
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency    17.46ms    3.20ms  60.61ms   88.70%
    Req/Sec     3.66k   301.11     4.22k    75.00%
  14561 requests in 4.00s, 6.78GB read
Requests/sec:   3640.11
Transfer/sec:      1.70GB
`;

test("what wrk prints is read", () => {
  expect(parseWrk(REPORT)).toEqual({ requests: 14_561, requestsPerSecond: 3640.11, bytes: 6.78 * 2 ** 30 });
});

test.each([
  ["Non-2xx or 3xx responses: 7", /Non-2xx or 3xx responses: 7/],
  ["Socket errors: connect 0, read 3, write 0, timeout 0", /read 3/],
])("figures of failed requests are none: %s", (line, sentence) => {
  expect(() => parseWrk(`${REPORT}  ${line}\n`)).toThrow(sentence);
});
