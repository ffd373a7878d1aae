/** Errors whose message is a sentence for whoever typed the command; told by name, so as not to load their modules. */
const SENTENCES = [
  "BenchError",
  "ConfigError",
  "FlagError",
  "NoBrowserError",
  "OptionError",
  "ResultError",
  "ScenarioError",
];

/** What to tell of an error; `undefined` for one that nobody expected. */
export function sentenceOf(error: unknown): string | undefined {
  return error instanceof Error && SENTENCES.includes(error.name) ? error.message : undefined;
}
