// The <script> bundle: everything in one file, hls.js included, as the global `Nearcast`.
import BaseHls from "hls.js";
import { withNearcast } from "./with-nearcast.js";

export { NearcastPlayerElement } from "./element.js";
export { withNearcast };

/** hls.js' class whose players take the `nearcast` option. */
export const Hls = withNearcast(BaseHls);
