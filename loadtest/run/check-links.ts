import { type Scenario, ScenarioError } from "../scenario/scenario.js";

/** Faster links than this do not hold up the viewers of one machine. */
const UNLIMITED_MBPS = 100;

/**
 * Engines whose viewers share this machine's links cannot play viewers behind slow ones.
 *
 * @throws {ScenarioError} naming the field.
 */
export function refuseSlowLinks({ networks, faults }: Scenario): void {
  networks.forEach(({ upMbps: [lowest], nat }, index) => {
    if (lowest < UNLIMITED_MBPS) {
      throw new ScenarioError(
        `networks.${index}.upMbps: expected at least ${UNLIMITED_MBPS} where viewers share this machine's links, got ${lowest}; simulate it`,
      );
    }
    if (nat.open === 0 || nat.cone + nat.symmetric + nat.blocked > 0) {
      throw new ScenarioError(`networks.${index}.nat: expected all open on one machine; simulate it`);
    }
  });
  const [fault] = faults;
  if (fault) throw new ScenarioError(`faults.0.kind: ${fault.kind} can only be simulated`);
}
