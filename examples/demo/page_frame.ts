import type { MiddlewareHandler } from "hono";
import { html, raw } from "hono/html";
import { secureHeaders } from "hono/secure-headers";
import { createHash } from "node:crypto";
import { SCRIPT } from "./page_script.ts";
import { STYLE } from "./page_style.ts";

type Html = ReturnType<typeof html>;

/** A page of a demo. What has the id `now` is kept current by `GET /now`. */
export function pageFrame(title: string, content: Html): Html {
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <title>${title} – a demo of TwinMap</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <link rel="icon" href="data:,">
        <style>${raw(STYLE)}</style>
      </head>
      <body>
        <main>${content}</main>
        <script>${raw(SCRIPT)}</script>
      </body>
    </html>
  `;
}

const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Allows a page what that of the report allows, written out: an example uses only what the package exports. */
export const protect: MiddlewareHandler = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: [hashOf(STYLE)],
    scriptSrc: [hashOf(SCRIPT)],
    imgSrc: ["data:"],
    connectSrc: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
  },
  xFrameOptions: "DENY",
  strictTransportSecurity: false,
});
