import { parseConfig, type Usage } from "../config.js";
import { createLocator } from "../geo/locator.js";
import { parseAddress } from "../nearness/address.js";
import { OptionError } from "../options.js";

const USAGE: Usage = {
  name: "nearcast-tracker explain",
  description: "Says where addresses are, as far as the tracker knows, and which viewers are near them.",
  operands: "<address...>",
  json: true,
};

/** @throws {OptionError} where something is no address, or a file cannot be read. */
export async function runExplainCommand(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  print: (line: string) => void,
): Promise<void> {
  const config = parseConfig(args, environment, USAGE);
  if (config.run === "help") return print(config.text.trimEnd());
  const addresses = config.operands.map((text) => {
    const address = parseAddress(text);
    if (address === undefined) throw new OptionError(`address: expected an IP address, got "${text}"`);
    return address;
  });
  const locator = await createLocator({ networks: undefined, ...config.settings });
  for (const explanation of addresses.map((address) => locator.explain(address))) {
    if (config.asJson) {
      print(JSON.stringify(explanation));
      continue;
    }
    print(
      `${explanation.address} (${explanation.range}) may do: ${explanation.policy}. Nearest viewers first:`,
    );
    for (const { tier, group, because } of explanation.tiers)
      print(`  ${tier.padEnd(8)} ${(group ?? "-").padEnd(24)} ${because}`);
  }
}
