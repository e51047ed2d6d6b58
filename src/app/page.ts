/** The console as files: one page, one script, one stylesheet and an icon, each from this Worker and nowhere else. */
import script from "./console/main.tsx?bundle";
import base from "./console/style/base.css?raw";
import cards from "./console/style/cards.css?raw";
import compose from "./console/style/compose.css?raw";
import controls from "./console/style/controls.css?raw";
import frame from "./console/style/frame.css?raw";
import narrow from "./console/style/narrow.css?raw";
import runs from "./console/style/runs.css?raw";

/**
 * What the page may do: run its own script, wear its own style, ask its own Worker. No inline script, no text that becomes
 * markup, no frame around it: a click on Approve is a person's who sees the page.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Codemode console</title>
<link rel="icon" href="/console.svg" type="image/svg+xml">
<link rel="stylesheet" href="/console.css">
<script type="module" src="/console.js"></script>
</head>
<body>
<div id="console"><noscript>The console needs JavaScript. Without it there is the HTTP API: ask for / as JSON.</noscript></div>
</body>
</html>
`;

/** A journal's line that pauses and goes on. */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#2f5d50"/><path d="M8 10h8M8 16h4M20 16h4M12 22h12" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>
`;

/** In the order in which they are to be read: what is narrow comes last. */
const STYLE = [base, frame, controls, cards, runs, compose, narrow].join("\n");

const FILES: Readonly<Record<string, { readonly type: string; readonly text: string }>> = {
  "/": { type: "text/html", text: PAGE },
  "/console.js": { type: "text/javascript", text: script },
  "/console.css": { type: "text/css", text: STYLE },
  "/console.svg": { type: "image/svg+xml", text: ICON },
};

/** The console's file at a path; undefined for what is the API's, also `/` where JSON is asked for. */
export function pageFile(request: Request): Response | undefined {
  if (request.method !== "GET" && request.method !== "HEAD") return undefined;
  const { pathname } = new URL(request.url);
  const file = FILES[pathname];
  if (file === undefined) return undefined;
  if (pathname === "/" && !request.headers.get("accept")?.includes("text/html")) return undefined;
  return new Response(request.method === "HEAD" ? null : file.text, {
    headers: {
      "content-type": `${file.type}; charset=utf-8`,
      "content-security-policy": POLICY,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cache-control": "no-store",
      vary: "accept",
    },
  });
}
