import type Hls from "hls.js";
import type { FragmentLoaderContext, Loader, LoaderConfiguration } from "hls.js";
import type { OriginFetch, OriginFetchListener } from "../delivery/origin-fetch.js";
import type { Segment } from "../delivery/segment.js";

/**
 * Fetches a segment through the loader that hls.js is configured with, so that an integrator's `xhrSetup`,
 * credentials and time-outs hold for what Nearcast fetches, too.
 */
export function startOriginFetch(hls: Hls, segment: Segment, listener: OriginFetchListener): OriginFetch {
  const { config } = hls;
  const loader = new config.loader(config) as unknown as Loader<FragmentLoaderContext>;
  const policy = config.fragLoadPolicy.default;
  const loaderConfig: LoaderConfiguration = {
    // hls.js decides on retries by itself, one loader each.
    loadPolicy: { ...policy, errorRetry: null, timeoutRetry: null },
    timeout: policy.maxLoadTimeMs,
    maxRetry: 0,
    retryDelay: 0,
    maxRetryDelay: 0,
  };
  const context = {
    url: segment.url,
    responseType: "arraybuffer",
    rangeStart: segment.byteRange?.start ?? 0,
    rangeEnd: segment.byteRange ? segment.byteRange.end + 1 : 0,
  } as FragmentLoaderContext;

  // A loader that is destroyed forgets them.
  const { stats } = loader;
  loader.load(context, loaderConfig, {
    onSuccess: ({ data }) => {
      const { start, first, end } = stats.loading;
      loader.destroy();
      if (!(data instanceof ArrayBuffer) || data.byteLength === 0) {
        listener.failed({ code: 0, text: "empty response", isTimeout: false });
        return;
      }
      listener.done(data, { durationMs: end - start, firstByteMs: Math.max(0, first - start) });
    },
    onError: ({ code, text }) => {
      loader.destroy();
      listener.failed({ code, text, isTimeout: false });
    },
    onTimeout: () => {
      loader.destroy();
      listener.failed({ code: 0, text: "timeout", isTimeout: true });
    },
  });

  return {
    progress: () => ({
      loadedBytes: stats.loaded,
      totalBytes: stats.total,
      startedAtMs: stats.loading.start,
      firstByteAtMs: stats.loading.first,
    }),
    abort: () => loader.destroy(),
  };
}
