import type { TokenVerifier } from "../../player/protocol/access-token.js";
import { ConfigError } from "../config-error.js";
import type { OriginMetrics } from "../metrics/metrics.js";
import { type GateConfig, StreamGate } from "./stream-gate.js";

export interface GatesOptions {
  readonly corsOrigins: "*" | readonly string[];
  /** `undefined` when this origin has no keys. */
  readonly verify: TokenVerifier | undefined;
  readonly metrics: OriginMetrics;
}

/** @throws {ConfigError} for a private stream where tokens cannot be checked. */
export function openGates(
  configs: Readonly<Record<string, GateConfig>>,
  { corsOrigins, verify, metrics }: GatesOptions,
): ReadonlyMap<string, StreamGate> {
  const gates = new Map<string, StreamGate>();
  for (const [stream, config] of Object.entries(configs)) {
    if (config.access === "private" && !verify) {
      throw new ConfigError(
        `streams.${stream}.access: a private stream needs access.keyFile to check tokens with`,
      );
    }
    const onRefused: ConstructorParameters<typeof StreamGate>[0]["onRefused"] = (reason) =>
      metrics.countRefusedViewer(stream, reason);
    gates.set(stream, new StreamGate({ stream, config, corsOrigins, verify, onRefused }));
  }
  return gates;
}
