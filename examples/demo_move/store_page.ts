import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { html } from "hono/html";
import { timingSafeEqual } from "hono/utils/buffer";
import type { Answers } from "../demo/client_figures.ts";
import { pageFrame, protect } from "../demo/page_frame.ts";
import { type Button, buttonOf, SERVICE_BUTTONS, STORE_BUTTONS } from "./buttons.ts";
import { storeNow } from "./store_now.ts";
import type { StoreMove } from "./store_move.ts";

type Html = ReturnType<typeof html>;

/** What the page works with. */
export interface StorePageSetting {
  readonly move: StoreMove;
  readonly load: Answers;
  /** Where the report is. */
  readonly reportPath: string;
  /** The secret that every button needs. */
  readonly token: string;
}

const MAX_BODY_BYTES = 1_024;

/**
 * The page of the service: its present state, and the buttons that harm the new store.
 *
 * | route | answer |
 * | --- | --- |
 * | `GET /` | the page; with the right `?token=`, its buttons need no further one |
 * | `GET /now` | the part of it that changes |
 * | `POST /press` with `button` and `token` | does what the button says, then redirects to the page; 401 without the token |
 */
export function storePage(setting: StorePageSetting): Hono {
  const { move, load, token } = setting;
  const isToken = (shown: unknown) => typeof shown === "string" ? timingSafeEqual(shown, token) : false;
  const app = new Hono();
  app.get("/", protect, async (c) => c.html(page(setting, await isToken(c.req.query("token")))));
  app.get("/now", protect, (c) => c.html(storeNow(move, load)));
  app.post("/press", protect, bodyLimit({ maxSize: MAX_BODY_BYTES }), async (c) => {
    const { token: shown, button: name } = await c.req.parseBody();
    if (!await isToken(shown)) return c.html(page(setting, false, "The token is missing or wrong."), 401);
    const button = buttonOf(name);
    if (button === undefined) return c.text("There is no such button", 400);
    button.press(move);
    return c.redirect(`/?${new URLSearchParams({ token })}`, 303);
  });
  return app;
}

/** @param isTrusted Whether who asks for the page has shown the token. */
function page({ move, load, reportPath, token }: StorePageSetting, isTrusted: boolean, problem?: string): Html {
  const { name } = move.store;
  return pageFrame(
    `Sessions move to ${name}`,
    html`
      <h1>Sessions move to ${name}</h1>
      <p class="lead">
        This service keeps its sessions in a Map. A twin copies each write to ${name} and compares the two. The demo makes
        the clients itself.
      </p>
      <p><a href="${reportPath}" target="_blank">Open the report of the twin</a></p>
      <section aria-labelledby="now-h">
        <h2 id="now-h">Now</h2>
        <div id="now">${storeNow(move, load)}</div>
      </section>
      <form method="post" action="/press">
        <section aria-labelledby="store-h">
          <h2 id="store-h">Harm the new store</h2>
          ${problem === undefined ? "" : html`<p class="state bad">${problem}</p>`} ${tokenField(
            isTrusted ? token : undefined,
          )}
          <ul>${rows(STORE_BUTTONS, move)}</ul>
        </section>
        <section aria-labelledby="live-h">
          <h2 id="live-h">Then let it answer</h2>
          <p>${name} answers with promises, so the code of the service must wait for them first.</p>
          <ul>${rows(SERVICE_BUTTONS, move)}</ul>
          <p>
            5 seconds later, and as soon as the gate passes, move to live at the report, with the token that the terminal
            shows. From then on clients notice what happens to ${name}.
          </p>
        </section>
      </form>
    `,
  );
}

/** @param token The token, if whoever asks for the page has shown it. */
function tokenField(token: string | undefined): Html {
  if (token !== undefined) return html`<input type="hidden" name="token" value="${token}">`;
  return html`
    <p class="field">
      <label for="token">The token that the terminal shows</label>
      <input id="token" name="token" type="password" required autocomplete="off">
    </p>
  `;
}

function rows(buttons: Readonly<Record<string, Button>>, move: StoreMove): Html[] {
  return Object.entries(buttons).map(([name, { label, about, isPressed }]) =>
    html`
      <li>
        <button name="button" value="${name}" aria-pressed="${String(isPressed(move))}">${label}</button>
        <span>${about}</span>
      </li>
    `
  );
}
