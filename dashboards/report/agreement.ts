/** Both counts of offload may differ by so much before somebody has to look, as the alert has it. */
export const AGREEMENT = 0.05;
