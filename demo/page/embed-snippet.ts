export interface EmbedAddresses {
  /** Of the `<script>` bundle. */
  readonly script: string;
  readonly src: string;
  readonly tracker: string;
  readonly stream: string;
}

/** Three lines of HTML that play the stream on any page. */
export function embedSnippet({ script, src, tracker, stream }: EmbedAddresses): string {
  return [
    `<script src="${escapeAttribute(script)}"></script>`,
    `<nearcast-player src="${escapeAttribute(src)}" stream="${escapeAttribute(stream)}"`,
    `  tracker="${escapeAttribute(tracker)}" muted autoplay controls playsinline></nearcast-player>`,
  ].join("\n");
}

function escapeAttribute(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll('"', "&quot;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
