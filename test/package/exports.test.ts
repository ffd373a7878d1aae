import { expect, test } from "vitest";

// These resolve through package.json to the build, as they do for whoever installs the package. The player's are for
// browsers, and are loaded in Node by servers that render pages.
test.each([
  ["nearcast", ["withNearcast"]],
  ["nearcast/element", ["NearcastPlayerElement"]],
  ["nearcast/protocol", ["PROTOCOL_VERSION", "createPeerId", "parseStreamName"]],
  ["nearcast/protocol/access-token", ["createTokenVerifier", "createTokenIssuer", "parseAccessKeys"]],
  ["nearcast/origin", ["ConfigError", "createOrigin", "defaultStreams"]],
  ["nearcast/tracker", ["OptionError", "createTracker"]],
])("%s can be imported and has %j", async (name, exported) => {
  const module = await import(name);
  expect(Object.keys(module)).toEqual(expect.arrayContaining(exported));
});
