/** What a request asks for, as it came over the wire. */
export interface Target {
  /** Percent-encoded, with nothing tidied away. */
  pathname: string;
  query: URLSearchParams;
}

const NO_QUERY = new URLSearchParams();

/** Takes apart a request's target in origin form, or in absolute form as proxies send it (RFC 9112, 3.2). */
export function parseTarget(url = "/"): Target {
  const inOriginForm = url.startsWith("/") ? url : url.replace(/^https?:\/\/[^/?#]*/i, "");
  const mark = inOriginForm.search(/[?#]/);
  if (mark === -1) return { pathname: inOriginForm, query: NO_QUERY };
  const query = inOriginForm[mark] === "?" ? inOriginForm.slice(mark + 1).split("#", 1)[0] : "";
  return { pathname: inOriginForm.slice(0, mark), query: new URLSearchParams(query) };
}
