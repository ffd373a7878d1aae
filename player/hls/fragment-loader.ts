import type {
  FragmentLoaderContext,
  HlsConfig,
  Loader,
  LoaderCallbacks,
  LoaderConfiguration,
  LoaderStats,
} from "hls.js";
import type { Delivery } from "../delivery/delivery.js";
import type { OriginFailure } from "../delivery/origin-fetch.js";
import type { Segment } from "../delivery/segment.js";
import type { SegmentReceiver } from "../delivery/segment-record.js";

/** What a fragment loader needs to know of its player. */
export interface FragmentSource {
  /** `undefined` while peers are not used. */
  readonly delivery: Delivery | undefined;
  /** Bytes came past the delivery: of initialisation segments, which last no time, or of all while peers are not used. */
  plainBytesLoaded(bytes: number, segmentS: number | undefined): void;
  /** Bytes came past the delivery, and their load was then given up. */
  plainBytesLost(bytes: number): void;
  /** A fragment that begins at `startS` is wanted. */
  fragmentRequested(startS: number): void;
}

type Callbacks = LoaderCallbacks<FragmentLoaderContext>;

const REFRESH_MS = 100;

/** The `fLoader` that hls.js creates for each fragment it loads. */
export function fragmentLoaderClass(
  source: FragmentSource,
): new (
  config: HlsConfig,
) => Loader<FragmentLoaderContext> {
  return class NearcastFragmentLoader implements Loader<FragmentLoaderContext> {
    context: FragmentLoaderContext | null = null;
    stats: LoaderStats = newStats();
    readonly #hlsConfig: HlsConfig;
    #isSettled = false;
    #plain: Loader<FragmentLoaderContext> | undefined;
    #stop: (() => void) | undefined;
    #callbacks: Callbacks | undefined;

    constructor(config: HlsConfig) {
      this.#hlsConfig = config;
    }

    load(context: FragmentLoaderContext, config: LoaderConfiguration, callbacks: Callbacks): void {
      this.context = context;
      this.#callbacks = callbacks;
      this.stats.loading.start = performance.now();
      const { delivery } = source;
      const rangeStart = context.rangeEnd ? context.rangeStart : undefined;
      const segment =
        context.frag.sn === "initSegment" || context.part
          ? undefined
          : delivery?.find(context.url, rangeStart);
      if (!delivery || !segment) this.#loadPlain(context, config, callbacks);
      else this.#request(delivery, segment, context, callbacks);
    }

    abort(): void {
      if (this.#plain) {
        this.#countLost();
        this.#plain.abort();
        return;
      }
      if (!this.#stop) return;
      this.#end();
      this.stats.aborted = true;
      const { context, stats } = this;
      if (context) this.#callbacks?.onAbort?.(stats, context, null);
    }

    destroy(): void {
      this.#countLost();
      this.#plain?.destroy();
      this.#end();
      this.#callbacks = undefined;
      this.context = null;
    }

    getCacheAge(): number | null {
      return this.#plain?.getCacheAge?.() ?? null;
    }

    getResponseHeader(name: string): string | null {
      return this.#plain?.getResponseHeader?.(name) ?? null;
    }

    #loadPlain(context: FragmentLoaderContext, config: LoaderConfiguration, callbacks: Callbacks): void {
      const plain = new this.#hlsConfig.loader(this.#hlsConfig) as unknown as Loader<FragmentLoaderContext>;
      plain.stats.retry = this.stats.retry;
      // hls.js has kept a reference to our statistics; BaseLoader lets itself be given others before it loads.
      plain.stats = this.stats;
      this.stats.loading.start = 0;
      this.#plain = plain;
      plain.load(context, config, {
        ...callbacks,
        onSuccess: (response, stats, loaded, details) => {
          this.#isSettled = true;
          if (response.data instanceof ArrayBuffer) {
            const { sn, duration } = context.frag;
            source.plainBytesLoaded(response.data.byteLength, sn === "initSegment" ? undefined : duration);
          }
          callbacks.onSuccess(response, stats, loaded, details);
        },
      });
    }

    #countLost(): void {
      if (!this.#plain || this.#isSettled) return;
      this.#isSettled = true;
      if (this.stats.loaded > 0) source.plainBytesLost(this.stats.loaded);
    }

    #request(
      delivery: Delivery,
      segment: Segment,
      context: FragmentLoaderContext,
      callbacks: Callbacks,
    ): void {
      const receiver: SegmentReceiver = {
        delivered: (data) => {
          this.#end();
          this.#fillStats(delivery, data.byteLength);
          callbacks.onProgress?.(this.stats, context, data, null);
          callbacks.onSuccess({ url: context.url, data, code: 200 }, this.stats, context, null);
        },
        failed: (failure: OriginFailure) => {
          this.#end();
          if (failure.isTimeout) callbacks.onTimeout(this.stats, context, null);
          else callbacks.onError(failure, context, null, this.stats);
        },
      };
      const refresh = setInterval(() => this.#refreshStats(delivery, segment), REFRESH_MS);
      this.#stop = () => {
        clearInterval(refresh);
        delivery.cancel(segment, receiver);
      };
      source.fragmentRequested(segment.startS);
      delivery.request(segment, receiver);
    }

    /**
     * hls.js gives a level up when its fragment loads too slowly. While a fragment is left to peers on purpose,
     * its load has not begun as far as that rule goes; once it is fetched from the origin, the rule sees that fetch.
     */
    #refreshStats(delivery: Delivery, segment: Segment): void {
      const progress = delivery.progress(segment);
      const { stats } = this;
      stats.loading.start = progress?.startedAtMs ?? performance.now();
      stats.loading.first = progress?.firstByteAtMs ?? 0;
      stats.loaded = progress?.loadedBytes ?? 0;
      stats.total = progress?.totalBytes ?? 0;
    }

    /**
     * Tells hls.js' bandwidth estimate what the origin would have made of this fragment: that is what the first
     * fragment of another level will see, and a fragment that lay ready must not look like an infinite bandwidth.
     */
    #fillStats(delivery: Delivery, bytes: number): void {
      const { stats } = this;
      const { bytesPerMs, firstByteMs } = delivery.originTime;
      const nowMs = performance.now();
      const streamingMs = bytesPerMs > 0 ? bytes / bytesPerMs : Math.max(1, nowMs - stats.loading.start);
      stats.loading.end = nowMs;
      stats.loading.first = nowMs - streamingMs;
      stats.loading.start = stats.loading.first - firstByteMs;
      stats.loaded = bytes;
      stats.total = bytes;
      stats.bwEstimate = (bytes * 8000) / streamingMs;
    }

    #end(): void {
      this.#stop?.();
      this.#stop = undefined;
    }
  };
}

function newStats(): LoaderStats {
  return {
    aborted: false,
    loaded: 0,
    retry: 0,
    total: 0,
    chunkCount: 0,
    bwEstimate: 0,
    loading: { start: 0, first: 0, end: 0 },
    parsing: { start: 0, end: 0 },
    buffering: { start: 0, first: 0, end: 0 },
  };
}
