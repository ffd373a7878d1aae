import type { JoinPolicy, StreamName } from "../../player/protocol/index.js";
import type { Admitted } from "../admission/admission.js";
import type { Locator } from "../geo/locator.js";
import type { Policies } from "../policy/policies.js";
import type { Audience } from "../reports/audience.js";
import type { Quarantine } from "../reports/quarantine.js";

export interface ViewerPolicyOptions {
  readonly locator: () => Locator;
  readonly policies: () => Policies;
  readonly audience: Audience;
  /** Viewers of a stream at other trackers. */
  readonly viewersElsewhere: (stream: StreamName) => number;
  readonly quarantine: Quarantine;
  readonly now: () => number;
}

/** What a viewer is told that joins or reports: by the policies, and nothing but playing for one in quarantine. */
export function viewerPolicy(
  options: ViewerPolicyOptions,
  viewer: { readonly admitted: Admitted; readonly stream: StreamName; readonly session: string },
): JoinPolicy {
  const { locator, policies, audience, viewersElsewhere, quarantine, now } = options;
  const { admitted, stream, session } = viewer;
  const policy = policies().forViewer({
    stream,
    session,
    place: locator().place(admitted.address),
    // Whoever asks is one of them, though the tracker that it is to report to may not have told of it yet.
    viewers: Math.max(1, audience.sizeOf(stream) + viewersElsewhere(stream)),
  });
  const isOut = quarantine.isSessionQuarantined(stream, admitted.session, now());
  return isOut ? { ...policy, cohort: "off", mayUpload: false } : policy;
}
