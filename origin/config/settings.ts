import * as v from "valibot";

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

/** A valibot message: `expected 0-65535, got 99999`. */
function expected(what: string): (issue: v.BaseIssue<unknown>) => string {
  return ({ input }) =>
    input === undefined ? `expected ${what}, got nothing` : `expected ${what}, got ${JSON.stringify(input)}`;
}

function integer(least: number, most: number, about: string) {
  const message = expected(`${least}-${most}`);
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(least, message),
    v.maxValue(most, message),
    v.description(about),
  );
}

function seconds(most: number, about: string) {
  const message = expected(`a number of seconds from 0 to ${most}`);
  return v.pipe(v.number(message), v.minValue(0, message), v.maxValue(most, message), v.description(about));
}

function text(what: string, about: string) {
  return v.pipe(v.string(expected(what)), v.nonEmpty(expected(what)), v.description(about));
}

const folder = (about: string) => text("a folder", about);
const file = (about: string) => text("a file", about);

/** As browsers send it: `https://video.example`, without a path or a closing slash. */
const A_WEB_ORIGIN = expected('a web origin such as "https://video.example"');
const WebOrigin = v.pipe(
  v.string(A_WEB_ORIGIN),
  v.regex(/^https?:\/\/[^/?#@]+$/, A_WEB_ORIGIN),
  v.check((origin) => URL.canParse(origin) && new URL(origin).origin === origin, A_WEB_ORIGIN),
);

const WEB_ORIGINS = 'expected "*" or a list of web origins such as "https://video.example"';
const webOrigins = (about: string) =>
  v.pipe(
    v.union([v.literal("*"), v.pipe(v.array(WebOrigin), v.minLength(1))], ({ input }) => {
      return `${WEB_ORIGINS}, got ${JSON.stringify(input)}`;
    }),
    v.description(about),
  );

/** Options of every kind of stream. */
const gate = {
  access: v.exactOptional(
    v.pipe(
      v.picklist(["public", "private"], expected("public or private")),
      v.description("Private streams need an access token. Default: public."),
    ),
  ),
  corsOrigins: v.exactOptional(
    webOrigins("Web origins whose pages may load the stream. Default: those of all streams."),
  ),
  allowedOrigins: v.exactOptional(
    v.pipe(
      v.array(WebOrigin, expected("a list of web origins")),
      v.minLength(1, expected("a list of web origins")),
      v.description(
        "Web origins of the only pages that may load the stream, by Origin or Referer. Default: all.",
      ),
    ),
  ),
};

const Folder = v.strictObject({
  ...gate,
  kind: v.literal("folder"),
  folder: folder("Contains master.m3u8; everything below it that has a media file's extension is served."),
  growing: v.exactOptional(
    v.pipe(
      v.boolean(expected("true or false")),
      v.description("A packager writes the folder, which may be empty at start. Default: false."),
    ),
  ),
});

const Loop = v.strictObject({
  ...gate,
  kind: v.literal("loop"),
  folder: folder("A finished programme with master.m3u8, played round and round as a live channel."),
  windowSegments: v.exactOptional(integer(3, 1000, "Segments in the live playlists. Default: 10.")),
});

const Ingest = v.strictObject({
  ...gate,
  kind: v.literal("ingest"),
  folder: folder("Where uploads are kept; nothing else may write there."),
  keyFile: v.exactOptional(
    file(
      "File with the key that encoders present as Bearer or Basic password. Needed unless host is a loopback address.",
    ),
  ),
  windowSeconds: v.exactOptional(seconds(31_536_000, "How far back viewers can go. Default: 3600.")),
  restartSeconds: v.exactOptional(
    seconds(
      86_400,
      "How long an encoder that has ended the stream may take to begin again before viewers are told. Default: 30.",
    ),
  ),
  maxSegmentBytes: v.exactOptional(
    integer(1, 2 ** 40, "Larger uploads are refused. Default: 67108864, which is 64 MiB."),
  ),
  idleSeconds: v.exactOptional(
    seconds(3600, "An upload that sends nothing for so long is dropped. Default: 30."),
  ),
});

const Upstream = v.strictObject({
  ...gate,
  kind: v.literal("upstream"),
  url: text(
    "an address",
    "Address of the folder that holds master.m3u8, e.g. https://packager.example/live/.",
  ),
  cacheBytes: v.exactOptional(
    integer(
      1,
      2 ** 40,
      "Memory for segments, the least recently used go first. Default: 268435456, which is 256 MiB.",
    ),
  ),
  timeoutSeconds: v.exactOptional(
    seconds(600, "How long the upstream may take to answer, and pause in an answer. Default: 10."),
  ),
  staleSeconds: v.exactOptional(
    seconds(86_400, "How long a playlist is served on when the upstream fails. Default: 30."),
  ),
});

const NotAStream = (issue: v.BaseIssue<unknown>) => {
  return expected('an object with the kind "folder", "loop", "ingest" or "upstream"')(issue);
};

const Access = v.strictObject({
  keyFile: file(
    "JWK or JWK set that access tokens are checked with; its first private key signs what is issued.",
  ),
  issuer: v.exactOptional(text("text", "The iss of tokens. Default: nearcast.")),
  audience: v.exactOptional(
    text("text", "What this server is called in the aud of tokens. Default: nearcast."),
  ),
  maxTokenSeconds: v.exactOptional(
    integer(1, 604_800, "Tokens that are valid for longer are refused, and not issued. Default: 3600."),
  ),
  apiKeyFile: v.exactOptional(
    file(
      "File with the key that a provider's backend presents to POST /tokens. Default: no tokens are issued.",
    ),
  ),
  tokenSeconds: v.exactOptional(
    integer(1, 604_800, "Lifetime of issued tokens unless the backend asks for another. Default: 300."),
  ),
  tokensPerSecond: v.exactOptional(integer(1, 100_000, "Tokens issued per second at most. Default: 100.")),
});

const PATHWAY_ID = expected('"." or 1 to 64 letters, digits, ".", "_" or "-"');
const A_HOST = expected('a host name such as "cdn.example"');
const Steering = v.strictObject({
  pathways: v.pipe(
    v.array(
      v.strictObject({
        id: v.pipe(
          v.string(PATHWAY_ID),
          v.regex(/^[A-Za-z0-9._-]{1,64}$/, PATHWAY_ID),
          v.description(
            'Name of the pathway; "." is the address that a player has loaded the playlist from.',
          ),
        ),
        host: v.exactOptional(
          v.pipe(
            v.string(A_HOST),
            v.regex(/^[A-Za-z0-9.-]{1,253}$/, A_HOST),
            v.description("Replaces the host name of the playlist's address; scheme and port stay."),
          ),
        ),
      }),
      expected("a list of pathways"),
    ),
    v.minLength(1, expected("at least one pathway")),
    v.description("Hosts that have the same streams, in the order in which players should use them."),
  ),
  ttlSeconds: v.exactOptional(integer(1, 86_400, "How soon players ask again which to use. Default: 300.")),
});

const A_PROXY = expected('an address or subnet such as "10.0.0.0/8", or "loopback"');
const ProxyAddress = v.pipe(
  v.string(A_PROXY),
  v.regex(/^(loopback|linklocal|uniquelocal|[0-9A-Fa-f.:]+(\/\d{1,3})?)$/, A_PROXY),
);

const A_RECORD = expected("an object of streams by name");

/** What an operator can set. The shape is that of the JSON file; flags and environment are brought into it. */
export const Settings = v.strictObject({
  $schema: v.exactOptional(v.string()),
  host: v.exactOptional(text("a host name or address", "Address to listen on. Default: 127.0.0.1.")),
  port: v.exactOptional(integer(0, 65_535, "Port to listen on, 0 for any free one. Default: 8080.")),
  logLevel: v.exactOptional(
    v.pipe(
      v.picklist(LOG_LEVELS, expected(`one of ${LOG_LEVELS.join(", ")}`)),
      v.description("Default: info."),
    ),
  ),
  corsOrigins: v.exactOptional(webOrigins('Web origins whose pages may load streams. Default: "*".')),
  integrityKeys: v.exactOptional(
    v.pipe(
      v.array(file("A private key, PEM or JWK."), expected("a list of key files")),
      v.description(
        "Private keys that vouch for segments in playlists; the first signs, all are published. Default: a new one.",
      ),
    ),
  ),
  access: v.exactOptional(
    v.pipe(Access, v.description("Keys and limits of access tokens, for private streams.")),
  ),
  trustedProxies: v.exactOptional(
    v.pipe(
      v.array(ProxyAddress, expected("a list of addresses")),
      v.description("Proxies whose X-Forwarded-For and -Proto are believed. Default: none."),
    ),
  ),
  steering: v.exactOptional(
    v.pipe(Steering, v.description("Other hosts that players can fall back on (HLS Content Steering).")),
  ),
  drainSeconds: v.exactOptional(
    seconds(3600, "How long open responses and uploads may take to finish at the end. Default: 10."),
  ),
  open: v.exactOptional(
    v.pipe(
      v.boolean(expected("true or false")),
      v.description("Take pushes to ingests without a key from other machines, too. Default: false."),
    ),
  ),
  streams: v.exactOptional(
    v.pipe(
      v.record(v.string(), v.variant("kind", [Folder, Loop, Ingest, Upstream], NotAStream), A_RECORD),
      v.description("Streams by name; each is served at /hls/NAME/master.m3u8."),
    ),
  ),
});
export type Settings = v.InferOutput<typeof Settings>;
