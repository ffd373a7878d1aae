/** Names that prom-client gives to what both servers tell about their process. */
export const PROCESS_METRICS = {
  startSeconds: "process_start_time_seconds",
  cpuSeconds: "process_cpu_seconds_total",
  residentBytes: "process_resident_memory_bytes",
  openFds: "process_open_fds",
  maxFds: "process_max_fds",
  eventLoopLagP99: "nodejs_eventloop_lag_p99_seconds",
} as const;
