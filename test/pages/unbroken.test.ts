import { expect, test } from "vitest";
import { unbroken } from "../../pages/unbroken.js";

test("numbers stay with their units, and lines may end elsewhere", () => {
  expect(unbroken("317.2 Mbit/s, 1442.3 Mbit/s")).toBe("317.2\u00a0Mbit/s, 1442.3\u00a0Mbit/s");
  expect(unbroken("300, 305")).toBe("300, 305");
});
