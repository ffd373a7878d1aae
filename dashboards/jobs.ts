/** Values of the label `job`, as prometheus.yml sets them. */
export const JOBS = {
  tracker: "nearcast-tracker",
  origin: "nearcast-origin",
  /** Of a blackbox exporter that looks at the certificates in front of both, where there is one. */
  tls: "nearcast-tls",
} as const;
