import { type Scenario, ScenarioError } from "../scenario/scenario.js";

/**
 * Engines with real viewers cannot play what only another world than one machine has.
 *
 * @throws {ScenarioError} naming the field.
 */
export function refuseOtherWorlds({ networks, faults }: Scenario): void {
  networks.forEach(({ nat }, index) => {
    if (nat.open === 0 || nat.cone + nat.symmetric + nat.blocked > 0) {
      throw new ScenarioError(`networks.${index}.nat: expected all open on one machine; simulate it`);
    }
  });
  const [fault] = faults;
  if (fault) throw new ScenarioError(`faults.0.kind: ${fault.kind} can only be simulated`);
}
