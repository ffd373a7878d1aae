/** A recording rule: `level:metric:operations`, as Prometheus recommends. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  /** How long the expression has to hold; at once without it. */
  readonly for?: string;
  readonly labels: { readonly severity: Severity };
  readonly annotations: {
    readonly summary: string;
    readonly description: string;
    readonly runbook: string;
  };
}

export type Severity =
  /** Somebody is woken up: viewers or the bill suffer now. */
  | "page"
  /** Somebody looks on the next working day. */
  | "ticket";

/** What Prometheus reads from a rules file. It reads YAML, of which JSON is a part. */
export interface RuleFile {
  readonly groups: readonly RuleGroup[];
}

export interface RuleGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly (RecordingRule | AlertRule)[];
}
